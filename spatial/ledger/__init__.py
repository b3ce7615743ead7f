"""The ledger: from clue to closed case, and nothing forgotten."""
