"""What the ledger adds up to: counts, periods, duties, shares by unit.

counts(ledger, by="county", on=day)     found, confirmed, closed in time, recurring
period(ledger, start, end)              carried over + found + reopened = ended + open
duties(ledger, on=day)                  overdue, due soon, transfers without an answer
complaints(ledger), liabilities(ledger) what a case of that sort has to show, and lacks
unit_shares(cases, units)               which counties, grids or reaches a case lies in
unit_counts(cases, shares, life)        found, confirmed, struck off by unit
density(cases_by_unit, areas)           cases on 100 km2, the densest first
"""

from spatial.ledger.figures.counts import BY, counts
from spatial.ledger.figures.duties import complaints, duties, liabilities
from spatial.ledger.figures.periods import period
from spatial.ledger.figures.units import density, unit_counts, unit_shares

__all__ = [
    "BY",
    "complaints",
    "counts",
    "density",
    "duties",
    "liabilities",
    "period",
    "unit_counts",
    "unit_shares",
]
