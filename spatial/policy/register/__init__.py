"""The register of clauses: each clause of the source texts, and how it is met."""
