"""Made-up data, from code, the same every time: for demos and for tests."""
