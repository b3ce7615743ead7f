"""What of a run is in the ledger already, and the cases as they stood before it."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import geopandas as gpd
import pandas as pd
from sqlalchemy import select

from spatial.ledger import tables
from spatial.ledger.chain import canonical

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from shapely.geometry.base import BaseGeometry

    from spatial.ledger.model import Link
    from spatial.ledger.regrouping import Before, Writing

_MANY = 500
_MARK = 8  # hexadecimal digits


@dataclass(frozen=True, slots=True)
class PartOfRun:
    """What of a run was entered before.

    Attributes
    ----------
    clues
        Their ids, whatever case a person gave them to since.
    cases
        Cases that it has seen or opened.
    opened
        Those that nothing else has seen: they were not there before the run.
    known
        The others as they stood before it, by case id.
    links
        Links in force of the cases that were asked for, as (case, kind, target,
        relation).
    """

    clues: frozenset[str]
    cases: frozenset[str]
    opened: frozenset[str]
    known: Mapping[str, Before]
    links: set[tuple[str, str, str, str]] = field(default_factory=set)

    @property
    def shown(self) -> Mapping[str, tuple[BaseGeometry, ...]]:
        """What the first part of the run showed of known cases."""
        return {name: one.shown for name, one in self.known.items()}

    def rewound(self, known: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
        """Return known cases as they stood before the run."""
        some = [name for name in known.index if name in self.known]
        if not some:
            return known
        then = [self.known.get(str(name)) for name in known.index]

        def one(column: str, attribute: str) -> list[Any]:
            return [
                now if before is None else getattr(before, attribute)
                for now, before in zip(known[column], then, strict=True)
            ]

        out = known.copy()
        out[known.geometry.name] = gpd.GeoSeries(
            one(str(known.geometry.name), "footprint"), index=known.index, crs=known.crs
        )
        out["ground"] = gpd.GeoSeries(
            one("ground", "ground"), index=known.index, crs=known.crs
        )
        out["last_seen"] = pd.Series(
            one("last_seen", "last_seen"), index=known.index, dtype=object
        )
        return out

    def load_links(self, writing: Writing, case_ids: Iterable[str]) -> None:
        """Read the links of cases, before links are written."""
        links = tables.links
        wanted = sorted(case_ids)
        for start in range(0, len(wanted), _MANY):
            asked = select(
                links.c.case_id, links.c.kind, links.c.target, links.c.relation
            ).where(
                links.c.case_id.in_(wanted[start : start + _MANY]),
                links.c.unlinked_seq.is_(None),
            )
            for row in writing.pending.connection.execute(asked):
                self.links.add(tuple(row))

    def is_new_link(self, case_id: str, link: Link) -> bool:
        """Say whether a case has no such link yet, and keep it in mind."""
        key = case_id, link.kind, link.target, link.relation
        if key in self.links:
            return False
        self.links.add(key)
        return True

    def is_known_conflict(
        self, writing: Writing, case_id: str, name: str, value: object
    ) -> bool:
        """Say whether the case shows already that runs say this of a locked field."""
        row = writing.pending.row(case_id)
        seq = json.loads(row["open_conflicts"]).get(name)
        if seq is None:
            return False
        rows = writing.pending.children(tables.conflicts, case_id)
        plain: Any = value
        said = canonical(plain)
        return any(one["seq"] == seq and one["run_value"] == said for one in rows)

    @staticmethod
    def mark(names: Iterable[str]) -> str:
        """Return a mark of a part of a run, from the clues in it."""
        text = json.dumps(sorted(names), ensure_ascii=False)
        return "part-" + hashlib.sha256(text.encode()).hexdigest()[:_MARK]


def parts_of_run(writing: Writing, run_id: str) -> PartOfRun:
    """Return what of a run is in the ledger already."""
    sightings = tables.sightings
    asked = select(
        sightings.c.case_id,
        sightings.c.clue_id,
        sightings.c.relation,
        sightings.c.detached_seq,
    ).where(sightings.c.run_id == run_id)
    rows = list(writing.pending.connection.execute(asked))
    cases = {row.case_id for row in rows if row.detached_seq is None}
    before = {name: writing.before_run(name, run_id) for name in sorted(cases)}
    return PartOfRun(
        clues=frozenset(row.clue_id for row in rows if row.clue_id),
        cases=frozenset(cases),
        opened=frozenset(name for name, one in before.items() if one is None),
        known={name: one for name, one in before.items() if one is not None},
    )
