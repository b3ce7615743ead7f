"""Law as dated, cited data: the model, the loader, the judge, the rulebooks."""
