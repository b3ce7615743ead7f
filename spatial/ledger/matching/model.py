"""What matching is told and what it says: frozen tables of clues and cases."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

import geopandas as gpd

from layers.layer import FRAME

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Mapping

    import pandas as pd

Relation = Literal[
    "returned",
    "recovering",
    "earlier",
    "merged",
    "split",
    "grown",
    "shrunk",
    "same",
    "neighbour",
]
Absence = Literal["not_observed", "set_aside", "gone", "unchanged", "quiet"]

IDENTITY: tuple[Relation, ...] = (
    *("returned", "recovering", "earlier", "merged", "split", "grown", "shrunk"),
    "same",
)
"""Relations in which the clue is the case; ``neighbour`` is a hint alone.

``returned``: change on the ground of a case that was closed before it was seen;
``recovering``: what is seen is works that go back;
``earlier``: seen before the case was last seen: entered, but the case stands as it is;
``merged``: the clue lies on the ground of several cases;
``split``: several clues lie on the ground of the case;
``grown``, ``shrunk``, ``same``: against ground and outline as they were known.
"""
ABSENCE: tuple[Absence, ...] = (
    *("not_observed", "set_aside", "gone", "unchanged"),
    "quiet",
)
"""What a case without a clue is said to be.

``not_observed``: its ground was not seen well enough, or nobody knows whether it was;
``set_aside``: change was seen there and set aside with a reason;
``gone``: the ground looks as it did before the case began;
``unchanged``: the earlier image already held the case, and nothing more happened;
``quiet``: the case is closed and nothing came back.
"""


def _nothing() -> gpd.GeoDataFrame:
    return gpd.GeoDataFrame({"reason": []}, geometry=[], crs=FRAME)


@dataclass(frozen=True, slots=True)
class View:
    """What a run could see.

    Attributes
    ----------
    whole
        The outlines are of the things themselves (a list, a map of what stands), not
        of what changed between two days.
    before_on
        Day of the earlier image; None where there is none or it is unknown.
    observed
        Share of each case's ground that was seen, by case id, in [0, 1]. A case that
        is not there is one of which nobody knows.
    aside
        Patches that were set aside: geometry in EPSG:4490 and ``reason``.
    """

    whole: bool = True
    before_on: dt.date | None = None
    observed: Mapping[str, float] = field(default_factory=dict)
    aside: gpd.GeoDataFrame = field(default_factory=_nothing)

    def shows_whole(self, intact_on: dt.date | None) -> bool:
        """Say whether the run shows all of a case and not its latest change.

        Parameters
        ----------
        intact_on
            Last day on which the ground is known to have been as it was before.
        """
        if self.whole:
            return True
        return (
            self.before_on is not None
            and intact_on is not None
            and self.before_on <= intact_on
        )


@dataclass(frozen=True, slots=True)
class Matching:
    """Which clues are known cases.

    Attributes
    ----------
    pairs
        A row a clue and a case that it is or neighbours, sorted by both ids:
        ``clue_id``, ``case_id``; ``relation`` (`IDENTITY` or ``neighbour``);
        ``by``: what makes them one (``ground``, ``ground_and_kind``, ``contact``,
        ``point``), None for neighbours; ``primary``: True for the one case of each
        clue that it is entered under; ``shared_m2`` of clue and ground;
        ``share_of_clue``, ``share_of_case`` in [0, 1], NaN where no area is;
        ``beyond_m2`` of the clue outside of the ground; ``distance_m``;
        ``kinds_differ``; ``why``, a `Message`.
    new
        Clues that are no known case, sorted.
    unseen
        A row a known case without a clue, sorted by id: ``case_id``, ``relation``
        (`ABSENCE`), ``why``.
    """

    pairs: pd.DataFrame
    new: tuple[str, ...]
    unseen: pd.DataFrame

    @property
    def case_of(self) -> Mapping[str, str]:
        """The case of each clue that is a known one."""
        some = self.pairs[self.pairs["primary"].astype(bool)]
        return dict(zip(some["clue_id"], some["case_id"], strict=True))
