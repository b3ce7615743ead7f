"""Cases that turn out to be one, one that turns out to be several, wrong matches."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, NamedTuple, NoReturn, cast

import shapely

from spatial.ledger import tables
from spatial.ledger.errors import RefusedError
from spatial.ledger.model import NewCase
from spatial.ledger.opening import Opening
from spatial.ledger.shapes import Shapes, settled, united

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Sequence

    from shapely.geometry.base import BaseGeometry


class Before(NamedTuple):
    """A case as it stood before a run, and what the run showed of it."""

    footprint: BaseGeometry
    ground: BaseGeometry
    last_seen: dt.date
    shown: tuple[BaseGeometry, ...]


class Writing(Opening):
    """One transaction: all of it is entered, or nothing.

    See `Opening`, `Papers` and `Moving` for the other entries.
    """

    def merge(self, case_id: str, into: str, *, why: str) -> None:
        """Merge a case into another, which takes over its ground.

        The merged case keeps its number, its history and its evidence, and nothing can
        be written to it any more. Two events, one for each.

        Raises
        ------
        RefusedError
            A case into itself, into a merged one, or without a reason.
        """
        self._need("merge", case_id)
        row, other = self._living(case_id, "merge"), self._living(into, "merge")
        self._reason(case_id, "merge", why)
        if case_id == into:
            self._refuse(case_id, "merge", "a case cannot be merged into itself")
        mine, its = self.pending.shapes(case_id), self.pending.shapes(into)
        later = row["last_seen"] > other["last_seen"] and mine.footprint is not None
        shapes = Shapes(
            mine.footprint if later or its.footprint is None else its.footprint,
            united([its.ground, mine.ground]),
        )
        merged = self.rules.lifecycle.merged
        self.pending.append(
            case_id,
            "merged",
            {"into": into},
            to_state=merged,
            why=why,
            shapes=Shapes(mine.footprint, None),
        )
        payload = {"into": "", "from": case_id, **shapes.figures()}
        self.pending.append(into, "merged", payload, why=why, shapes=shapes)

    def split(
        self,
        case_id: str,
        parts: Sequence[NewCase],
        *,
        keep: BaseGeometry,
        why: str,
    ) -> tuple[str, ...]:
        """Make cases of their own out of parts of a case; return their numbers.

        Parameters
        ----------
        case_id
            The case, which goes on with `keep`.
        parts
            The new cases, each with its geometry.
        keep
            Footprint and ground of the old case from now on.
        why
            In words.
        """
        self._need("split", case_id)
        self._living(case_id, "split")
        self._reason(case_id, "split", why)
        if not parts or any(one.geometry is None for one in parts):
            self._refuse(case_id, "split", "expected parts, each with its geometry")
        for one in parts:
            settled(one.geometry, case_id=case_id, what="split")
        shape = settled(keep, case_id=case_id, what="split")
        shapes = Shapes(shape, shape)
        made = tuple(self.open_case(one, why=why, split_from=case_id) for one in parts)
        payload = {"into": list(made), **shapes.figures()}
        self.pending.append(case_id, "split", payload, why=why, shapes=shapes)
        return made

    def rematch(self, sighting: int, to: str | None, *, why: str) -> str:
        """Take a sighting from its case and give it to another: a match was wrong.

        Footprint and ground of both are made anew from the sightings that they have
        now. The sighting stays in the history of the first, marked.

        Parameters
        ----------
        sighting
            Its number.
        to
            The case that it belongs to; None: a new one.
        why
            In words.

        Returns
        -------
        str
            The case that has it now.

        Raises
        ------
        RefusedError
            There is no such sighting with a shape, it belongs there already, or it is
            the only one of its case (merge the case instead).
        """
        case_id, seen = self._sighting(sighting)
        self._need("rematch", case_id)
        row = self._living(case_id, "rematch")
        self._reason(case_id, "rematch", why)
        if to == case_id:
            self._refuse(case_id, "rematch", "the sighting belongs there already")
        if to is not None:
            self._living(to, "rematch")
        rest = [one for one in self._shaped(case_id) if one["seq"] != sighting]
        if not rest:
            what = "it is the only sighting of the case; merge the case instead"
            self._refuse(case_id, "rematch", what)
        shapes = _shapes_of(rest)
        payload = {
            "detached": sighting,
            "sighting": None,
            "to": to or "",
            **_counted(rest, shapes),
        }
        self.pending.append(case_id, "rematched", payload, why=why, shapes=shapes)
        if to is None:
            return self._own_case(case_id, row, seen, why=why)
        there = [*self._shaped(to), seen]
        shapes = _shapes_of(there)
        payload = {
            "detached": None,
            "sighting": _said(seen),
            "from": case_id,
            **_counted(there, shapes),
        }
        seq = self.pending.append(to, "rematched", payload, why=why, shapes=shapes)
        self.pending.sighted(seq, seen["geom"])
        return to

    def before_run(self, case_id: str, run_id: str) -> Before | None:
        """Return a case as it stood before a run, and what the run showed of it.

        None where nothing but the run has seen it.
        """
        rows = self._shaped(case_id)
        rest = [one for one in rows if one["run_id"] != run_id]
        if not rest:
            return None
        shapes = _shapes_of(rest)
        pieces = [one["geom"] for one in rows if one["run_id"] == run_id]
        return Before(
            footprint=_drawn(shapes.footprint),
            ground=_drawn(shapes.ground),
            last_seen=max(one["seen_on"] for one in rest),
            shown=tuple(_drawn(one) for one in pieces),
        )

    def _own_case(
        self, case_id: str, row: dict[str, Any], seen: dict[str, Any], *, why: str
    ) -> str:
        """Open a case for a sighting that belongs to none."""
        new = NewCase(
            source=row["source"],
            found_on=seen["seen_on"],
            title=row["title"],
            geometry=shapely.from_wkb(seen["geom"]),
            kind=seen["kind"],
            county=row["county"],
            county_name=row["county_name"],
            clue_id=seen["clue_id"],
            run_id=seen["run_id"],
        )
        return self.open_case(new, why=why, split_from=case_id)

    def _sighting(self, seq: int) -> tuple[str, dict[str, Any]]:
        """Return a sighting that has a shape and belongs to its case."""
        case_id = self.pending.case_of(tables.sightings, seq)
        found = [one for one in self._shaped(case_id) if one["seq"] == seq]
        if not found:
            self._refuse("", "rematch", f"no sighting {seq} with a shape")
        return case_id, found[0]

    def _shaped(self, case_id: str) -> list[dict[str, Any]]:
        """Return the sightings of a case that have a shape and still belong to it."""
        rows = self.pending.children(tables.sightings, case_id)
        return [one for one in rows if one["geom"] and one["detached_seq"] is None]

    def _reason(self, case_id: str, what: str, why: str) -> None:
        if not why.strip():
            self._refuse(case_id, what, "a reason (why) is missing")

    def _refuse(self, case_id: str, what: str, lacks: str) -> NoReturn:
        raise RefusedError(case_id=case_id, what=what, lacks=(lacks,))


def _drawn(shape: bytes | None) -> BaseGeometry:
    """Return the geometry of WKB that is there."""
    drawn: Any = shapely.from_wkb(shape)
    return cast("BaseGeometry", drawn)


def _shapes_of(rows: list[dict[str, Any]]) -> Shapes:
    """Return what the last run or visit saw, and the union of all."""
    last = max(rows, key=lambda one: (one["seen_on"], one["seq"]))
    pieces = [
        one["geom"]
        for one in rows
        if (one["seen_on"], one["run_id"]) == (last["seen_on"], last["run_id"])
    ]
    return Shapes(united(pieces), united([one["geom"] for one in rows]))


def _counted(rows: list[dict[str, Any]], shapes: Shapes) -> dict[str, object]:
    days = max(one["seen_on"] for one in rows)
    return {
        "seen_count": len(rows),
        "last_seen": days.isoformat(),
        **shapes.figures(),
    }


def _said(seen: dict[str, Any]) -> dict[str, object]:
    """Return a sighting as a payload holds it."""
    return {
        "clue_id": seen["clue_id"],
        "run_id": seen["run_id"],
        "seen_on": seen["seen_on"].isoformat(),
        "relation": seen["relation"],
        "kind": seen["kind"],
        "area_m2": seen["area_m2"],
        "why": json.loads(seen["why"]),
        "facts": json.loads(seen["facts"]),
        "shape_sha256": seen["shape_sha256"],
    }
