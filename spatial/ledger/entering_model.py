"""What is entered, and what entering did: frozen values."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import pandas as pd

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Callable, Mapping

    import geopandas as gpd

    from spatial.ledger.model import Link, Person

    Observe = Callable[[gpd.GeoSeries], Mapping[str, float]]


@dataclass(frozen=True, slots=True)
class Batch:
    """What is to be entered.

    Attributes
    ----------
    run_id
        Of the run or the list.
    on, before_on
        Its day; day of the earlier image, None where there is none or it is unknown.
    clues
        Indexed by clue id; EPSG:4490; ``kind``, ``seen_on`` and whatever else there
        is: see `spatial.ledger.entered_fields.new_case`.
    whole
        The outlines are of the things themselves and not of what changed.
    source
        ``monitor``, or None where each clue says it (``origin``).
    placeless
        Clues without a geometry: registered, never matched.
    reporters
        By clue id.
    aside
        Patches that were set aside: geometry and ``reason``.
    reach
        Outlines of the ground that was looked at; None: no absence means anything.
    observe
        Tells how much of each ground was seen.
    links
        Further links by clue id: sites of an earlier review.
    hashes, facts
        Of what went in; counts and settings.
    """

    run_id: str
    on: dt.date
    clues: gpd.GeoDataFrame
    before_on: dt.date | None = None
    whole: bool = True
    source: str | None = None
    placeless: pd.DataFrame = field(default_factory=pd.DataFrame)
    reporters: Mapping[str, Person] = field(default_factory=dict)
    aside: gpd.GeoDataFrame | None = None
    reach: gpd.GeoSeries | None = None
    observe: Observe | None = None
    links: Mapping[str, tuple[Link, ...]] = field(default_factory=dict)
    hashes: Mapping[str, str] = field(default_factory=dict)
    facts: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Entered:
    """What entering a run did.

    Attributes
    ----------
    run_id
        Of the run.
    was_entered
        It had been entered before as a whole: nothing was written.
    opened
        Case by clue, for the clues that were new.
    seen
        A row a clue and a known case: ``clue_id``, ``case_id``, ``relation``, ``why``
        (`Message`); neighbours too.
    unseen
        A row a known case that was looked for and has no clue: ``case_id``,
        ``relation``, ``why``. Empty as long as a part of the run is to come.
    reopened
        Cases that were closed and are open again.
    conflicts
        (case, field) where the run says otherwise than a person.
    skipped
        Clues that had been entered before.
    """

    run_id: str
    was_entered: bool
    opened: Mapping[str, str]
    seen: pd.DataFrame
    unseen: pd.DataFrame
    reopened: tuple[str, ...]
    conflicts: tuple[tuple[str, str], ...]
    skipped: int
