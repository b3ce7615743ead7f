"""Whether a patch stood in a dense stand of plants and was taken out of it.

A harvested field and a felled wood both lose green. But a field differs from its
neighbours, which are other fields; a felling is cut out of a stand that was the same
before and is still there.

::

    before  ########        after  ########       # dense plants
            ########               ##....##       . less green
            ########               ########
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

if TYPE_CHECKING:
    from spatial.change.classify import Kinds


def standing(table: pd.DataFrame) -> pd.DataFrame:
    """Return how patches stand in their surroundings.

    Parameters
    ----------
    table
        Columns of `spatial.change.features.features`.

    Returns
    -------
    DataFrame
        The same index; NaN where an index is unknown. ``ndvi_apart_before``: by how
        much the NDVI of the patch differed from that of its surroundings;
        ``ndvi_loss``: by how much more it fell than that of its surroundings.
    """
    before, after, around_before, around_after = (
        table[f"ndvi_{name}"]
        for name in ("before", "after", "around_before", "around_after")
    )
    return pd.DataFrame(
        {
            "ndvi_apart_before": (before - around_before).abs(),
            "ndvi_loss": (before - after) - (around_before - around_after),
        },
        index=table.index,
    )


def is_felling(table: pd.DataFrame, kinds: Kinds) -> pd.Series[bool]:
    """Say which patches were cut out of a dense stand; unknown is False.

    By the limits ``felling`` of `kinds`: NDVI of the stand at least so high before,
    and around the patch still after; hardly apart before; and a loss of its own.
    """
    limit = kinds.reasons["felling"]
    found = standing(table)
    dense = table["ndvi_before"] >= limit["ndvi_before"]
    dense &= table["ndvi_around_after"] >= limit["ndvi_around_after"]
    dense &= found["ndvi_apart_before"] <= limit["ndvi_apart_before"]
    return dense & (found["ndvi_loss"] >= limit["ndvi_loss"])
