"""Lists that an office must keep complete: read, checked, two editions compared.

read_dossier("ponds.xlsx", kind="tailings_pond")    a list, every row accounted for
gaps(found, on=day)                                 what it lacks, row by row
compared(earlier, later)                            entered, left, changed
broken_links([sections, outfalls, pipes, sources])  where the chain is cut
"""

from layers.dossier.compare import Change, compared
from layers.dossier.gaps import Gap, filled_share, gaps
from layers.dossier.kinds import DossierSpec, dossier_kinds, dossier_spec
from layers.dossier.links import broken_links
from layers.dossier.read import Dossier, read_dossier

__all__ = [
    "Change",
    "Dossier",
    "DossierSpec",
    "Gap",
    "broken_links",
    "compared",
    "dossier_kinds",
    "dossier_spec",
    "filled_share",
    "gaps",
    "read_dossier",
]
