"""Runs, new cases, sightings.

Every function checks the role first, then what the life of a case asks for, and then
appends one event. `spatial.ledger.ledger.Ledger.transaction` gives a `Writing`.

    desk <-- papers      fields, evidence, links, reporters
         <-- moving      moves, suspension, transfer
         <-- regrouping  merging, splitting, matching anew
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import select

from spatial.ledger import query, tables
from spatial.ledger.errors import RefusedError
from spatial.ledger.model import RELATIONS, SEEN_WITHOUT_SHAPE
from spatial.ledger.moving import Moving
from spatial.ledger.papers import Papers
from spatial.ledger.projection import day_of
from spatial.ledger.shapes import Shapes, area_of, hash_of, settled, united

if TYPE_CHECKING:
    from collections.abc import Iterable

    import geopandas as gpd
    from shapely.geometry.base import BaseGeometry

    from spatial.ledger.model import NewCase, Person, Run, Sighting

_NOWHERE = "000000"
_ADCODE = 6


class Opening(Papers, Moving):
    """Entries that open a case, or tell what was seen."""

    def preload(self, case_ids: Iterable[str]) -> None:
        """Read many cases at once, before they are written to one by one."""
        wanted = list(case_ids)
        self.pending.preload(wanted)
        self.pending.preload_shapes(wanted)

    def known(
        self, shapes: Iterable[BaseGeometry], *, margin_m: float = 0.0
    ) -> gpd.GeoDataFrame:
        """Return the cases near some shapes as they stood when this began.

        As `spatial.ledger.ledger.Ledger.known`; nobody else can write meanwhile.
        """
        pending = self.pending
        boxes = query.boxes_of(shapes)
        return query.read_known(
            pending.connection, pending.store, boxes, margin_m=margin_m
        )

    def has_run(self, run_id: str) -> bool:
        """Say whether a run was entered."""
        asked = select(tables.runs.c.seq).where(tables.runs.c.run_id == run_id)
        return self.pending.connection.execute(asked).first() is not None

    # -- opening and seeing -----------------------------------------------

    def open_case(self, new: NewCase, *, why: str = "", split_from: str = "") -> str:
        """Open a case; return its number.

        Parameters
        ----------
        new
            What is known of it.
        why
            In words.
        split_from
            The case that it was a part of.

        Raises
        ------
        RoleError, RefusedError
            The role may not; the county is no adcode; the geometry is empty, invalid
            or not in degrees.
        """
        self._need("open", "")
        if new.county and not (len(new.county) == _ADCODE and new.county.isdecimal()):
            lacks = (f"expected a county of six digits, got {new.county!r}",)
            raise RefusedError(case_id="", what="open", lacks=lacks)
        shape = settled(new.geometry, case_id="", what="open")
        on = day_of(self.pending.now())
        prefix = f"{on.year}-{new.county or _NOWHERE}"
        case_id = f"{prefix}-{self.pending.number(prefix):06d}"
        shapes = Shapes(shape, united([shape]))
        first = self.rules.lifecycle.first
        seen: dict[str, object] = {
            "clue_id": new.clue_id,
            "run_id": new.run_id,
            "seen_on": new.found_on.isoformat(),
            "relation": "new",
            "kind": new.kind,
            "area_m2": area_of(shape),
            "why": {},
            "facts": {},
            "shape_sha256": hash_of(shape) if shape else "",
        }
        payload = {
            "fields": {
                "title": new.title,
                "source": new.source,
                "kind": new.kind,
                "county": new.county,
                "county_name": new.county_name,
                "zones": [list(one) for one in new.zones],
                "rule": new.rule,
                "outcome": new.outcome,
                "department": new.department,
                "responsible": new.responsible,
                "priority": new.priority,
            },
            "found_on": new.found_on.isoformat(),
            "facts": dict(new.facts),
            "sighting": seen,
            "split_from": split_from,
            "person_hash": self._private(case_id, new.reporter),
            **self._due(first, on),
            **shapes.figures(),
        }
        seq = self.pending.append(
            case_id, "opened", payload, to_state=first, why=why, shapes=shapes
        )
        if shape is not None:
            self.pending.sighted(seq, shape)
        return case_id

    def see(
        self, case_id: str, sighting: Sighting, *, reporter: Person | None = None
    ) -> int:
        """Enter what was seen of a case; return the number of the sighting.

        A sighting that is older than the last one widens the ground and leaves the
        footprint. ``gone`` and ``not_observed`` change neither; ``gone`` leaves a hint
        that the ground looks recovered, and the state as it is.
        """
        self._need("see", case_id)
        row = self._living(case_id, "see")
        shape = settled(sighting.geometry, case_id=case_id, what="see")
        lacks = []
        if sighting.relation not in RELATIONS:
            expected = ", ".join(RELATIONS)
            lacks.append(f"expected a relation {expected}, got {sighting.relation!r}")
        elif (shape is None) != (sighting.relation in SEEN_WITHOUT_SHAPE):
            word = "no shape" if shape is not None else "a shape"
            lacks.append(f"expected {word} with {sighting.relation!r}")
        if lacks:
            raise RefusedError(case_id=case_id, what="see", lacks=tuple(lacks))
        shapes = None
        if shape is not None:
            before = self.pending.shapes(case_id)
            newest = sighting.seen_on >= row["last_seen"] or before.footprint is None
            outline = settled(sighting.footprint, case_id=case_id, what="see") or shape
            shapes = Shapes(
                outline if newest else before.footprint,
                united([before.ground, shape]),
            )
        payload = {
            "sighting": {
                "clue_id": sighting.clue_id,
                "run_id": sighting.run_id,
                "seen_on": sighting.seen_on.isoformat(),
                "relation": sighting.relation,
                "kind": sighting.kind,
                "area_m2": area_of(shape),
                "why": dict(sighting.why),
                "facts": dict(sighting.facts),
                "shape_sha256": hash_of(shape) if shape else "",
            },
            "person_hash": self._private(case_id, reporter),
            **(shapes.figures() if shapes else {}),
        }
        seq = self.pending.append(case_id, "seen", payload, shapes=shapes)
        if shape is not None:
            self.pending.sighted(seq, shape)
        return seq

    def run(self, run: Run, *, why: str = "") -> int:
        """Enter a run or a list, even one without a clue.

        Raises
        ------
        RefusedError
            It was entered before.
        """
        self._need("run", "")
        if self.has_run(run.run_id):
            lacks = (f"the run {run.run_id!r} was entered before",)
            raise RefusedError(case_id="", what="run", lacks=lacks)
        payload = {
            "run_id": run.run_id,
            "on": run.on.isoformat(),
            "hashes": dict(run.hashes),
            "clues": run.clues,
            "facts": dict(run.facts),
        }
        return self.pending.append("", "run", payload, why=why)
