"""Two rows of one list that speak of one thing."""

from __future__ import annotations

from typing import TYPE_CHECKING

from spatial.ledger.matching.ties import ties

if TYPE_CHECKING:
    from collections.abc import Mapping

    import geopandas as gpd

    from spatial.ledger.matching.settings import MatchSettings


def first_of_twins(
    clues: gpd.GeoDataFrame, settings: MatchSettings
) -> Mapping[str, str]:
    """Return the first clue of each group that speaks of one thing.

    Parameters
    ----------
    clues
        Of one list, indexed by id; ``kind``, ``seen_on``. Two people may report one
        pit; two patches of one image are never one.
    settings
        What makes two outlines one thing.

    Returns
    -------
    dict
        By clue id, for all but the first (by id) of each group. Groups are closed:
        whoever is one with a member is a member, in whatever order they stand.
    """
    if len(clues) < 2:  # noqa: PLR2004  alone
        return {}
    plain = clues[["kind", "seen_on"]].assign(ground=clues.geometry.to_numpy())
    known = (
        clues[[clues.geometry.name]]
        .join(plain)
        .assign(state="clue", closed_on=None, last_seen=clues["seen_on"])
    )
    table = ties(known, clues, settings)
    one = table[table["by"].notna() & (table["clue_id"] != table["case_id"])]
    first = {str(name): str(name) for name in clues.index}

    def root(name: str) -> str:
        while first[name] != name:
            name = first[name]
        return name

    for a, b in one[["clue_id", "case_id"]].itertuples(index=False):
        low, high = sorted((root(a), root(b)))
        first[high] = low
    return {name: root(name) for name in first if root(name) != name}
