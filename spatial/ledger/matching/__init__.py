"""Identity across runs: is this clue a case that is already known, and why.

Pure functions over tables: nothing is read and nothing written.

    model <-- settings <-- ties <-- absence <-- matcher
"""

from spatial.ledger.matching.matcher import match
from spatial.ledger.matching.model import ABSENCE, IDENTITY, Matching, View
from spatial.ledger.matching.settings import MatchSettings, load_settings

__all__ = [
    "ABSENCE",
    "IDENTITY",
    "MatchSettings",
    "Matching",
    "View",
    "load_settings",
    "match",
]
