"""One entering: what a clue is, is written while nobody else can write."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import geopandas as gpd
import numpy as np
import pandas as pd

from layers.layer import FRAME
from spatial.ledger.entered_fields import (
    amendments,
    link_of_neighbour,
    new_case,
    permit_links,
    plain_rows,
    said,
)
from spatial.ledger.entering_model import Entered
from spatial.ledger.matching import View, match
from spatial.ledger.matching.absence import unseen
from spatial.ledger.matching.matcher import PAIR_COLUMNS
from spatial.ledger.matching.outlines import parts, updated
from spatial.ledger.matching.twins import first_of_twins
from spatial.ledger.model import Run, Sighting
from spatial.text import TEXTS

if TYPE_CHECKING:
    from collections.abc import Mapping

    from shapely.geometry.base import BaseGeometry

    from layers.text import Lang, Message
    from spatial.ledger.entered_run import PartOfRun
    from spatial.ledger.entering_model import Batch
    from spatial.ledger.matching import Matching, MatchSettings
    from spatial.ledger.regrouping import Writing

_LOOKED_RECOVERED = "looks_recovered"
_GREW = ("grown", "merged")


class EnteringDesk:
    """One entering: what was done so far."""

    def __init__(
        self, writing: Writing, batch: Batch, before: PartOfRun, *, lang: Lang
    ) -> None:
        self._writing, self._batch, self._before = writing, batch, before
        self._lang = lang
        self._opened: dict[str, str] = {}
        self._pairs = pd.DataFrame(columns=list(PAIR_COLUMNS))
        self._unseen = pd.DataFrame(columns=["case_id", "relation", "why"])
        self._reopened: list[str] = []
        self._conflicts: list[tuple[str, str]] = []

    def enter(self, names: list[str], settings: MatchSettings) -> None:
        """Match clues and write what they are."""
        batch = self._batch
        some = batch.clues.loc[[one for one in names if one in batch.clues.index]]
        reach = max(settings.gap_m, settings.point_reach_m)
        known = self._known(some, reach)
        view = View(whole=batch.whole, before_on=batch.before_on)
        found = match(known, some, settings=settings, view=view)
        self._pairs = found.pairs
        self._see(known, some, found, view)
        self._open(some, found, settings)
        rest = plain_rows(batch.placeless)
        for name in names:
            if name in rest:
                self._open_one(name, rest[name], None, ())

    def _known(self, some: gpd.GeoDataFrame, reach_m: float) -> gpd.GeoDataFrame:
        """Return the cases near clues as they stood before this run."""
        known = self._writing.known(some.geometry, margin_m=reach_m)
        if self._batch.source is None:
            return known
        known = known[~known.index.isin(self._before.opened)]
        return self._before.rewound(known)

    def _see(
        self,
        known: gpd.GeoDataFrame,
        some: gpd.GeoDataFrame,
        found: Matching,
        view: View,
    ) -> None:
        """Write what was seen of known cases."""
        batch, writing = self._batch, self._writing
        pieces = parts(known, some, found)
        after = updated(known, some, found, view=view, earlier=self._before.shown)
        writing.preload(sorted(set(pieces["case_id"])))
        rows = found.pairs[found.pairs["by"].notna()]
        self._before.load_links(writing, set(rows["case_id"]))
        clues = plain_rows(some)
        states = dict(zip(known.index, known["state"], strict=True))
        outline = dict(zip(after.index, after.geometry, strict=True))
        for row, shape in zip(rows.to_dict("records"), pieces.geometry, strict=True):
            clue = clues[row["clue_id"]]
            case_id = row["case_id"]
            state = states[case_id]
            if row["relation"] == "returned" and case_id not in self._reopened:
                writing.move(case_id, "recur", why=self._text(row["why"]))
                self._reopened.append(case_id)
            sighting = Sighting(
                clue_id=row["clue_id"],
                run_id=batch.run_id,
                seen_on=clue["seen_on"],
                relation=row["relation"],
                geometry=shape,
                kind=_text_or_none(clue["kind"]),
                footprint=outline[case_id],
                why=said(row["why"]),
                facts={"primary": bool(row["primary"]), **_facts_seen(clue)},
            )
            who = batch.reporters.get(row["clue_id"]) if row["primary"] else None
            writing.see(case_id, sighting, reporter=who)
            if state == "unfounded" and row["relation"] in _GREW:
                self._amend(case_id, "hint", "grown_after_unfounded")
            if row["primary"] and row["relation"] not in ("earlier", "recovering"):
                self._follow(case_id, row["clue_id"], clue)
        self._join_merged(rows)

    def _follow(self, case_id: str, clue_id: str, clue: Mapping[str, Any]) -> None:
        """Write what a run says otherwise than the case, and its permits."""
        for name, value in amendments(clue, self._writing.pending.row(case_id)):
            self._amend(case_id, name, value)
        for link in (*permit_links(clue), *self._batch.links.get(clue_id, ())):
            if self._before.is_new_link(case_id, link):
                self._writing.link(case_id, link)

    def _amend(self, case_id: str, name: str, value: object) -> None:
        if self._before.is_known_conflict(self._writing, case_id, name, value):
            return
        row = self._writing.pending.row(case_id)
        open_before = row["open_conflicts"]
        self._writing.amend(case_id, name, value, run_id=self._batch.run_id)
        if self._writing.pending.row(case_id)["open_conflicts"] != open_before:
            self._conflicts.append((case_id, name))

    def _join_merged(self, rows: pd.DataFrame) -> None:
        """Link the cases that one clue lies on with its primary one."""
        several = rows[rows["clue_id"].duplicated(keep=False)]
        for _, some in several.groupby("clue_id", sort=True):
            first = some.loc[some["primary"].astype(bool), "case_id"].iloc[0]
            for other in some.loc[~some["primary"].astype(bool), "case_id"]:
                link = link_of_neighbour(first, "shares_clue")
                if self._before.is_new_link(other, link):
                    self._writing.link(other, link)

    def _open(
        self, some: gpd.GeoDataFrame, found: Matching, settings: MatchSettings
    ) -> None:
        """Open a case for each clue that is new; twins of a list share one."""
        new = some.loc[list(found.new)]
        twin = {} if self._batch.source else first_of_twins(new, settings)
        near = found.pairs[found.pairs["by"].isna()]
        beside = near.groupby("clue_id", sort=True)["case_id"].apply(list).to_dict()
        clues = plain_rows(new)
        for name, shape in zip(found.new, new.geometry, strict=True):
            clue = clues[name]
            if name in twin:
                self._see_twin(name, clue, shape, self._opened[twin[name]])
            else:
                self._open_one(name, clue, shape, tuple(beside.get(name, ())))

    def _open_one(
        self,
        name: str,
        clue: Mapping[str, Any],
        shape: BaseGeometry | None,
        beside: tuple[str, ...],
    ) -> None:
        """Open a case for a clue."""
        batch = self._batch
        since = None if batch.whole else batch.before_on
        new = new_case(
            name,
            clue,
            shape,
            run_id=batch.run_id,
            source=batch.source or str(clue["origin"]),
            intact_on=since,
            reporter=batch.reporters.get(name),
            lang=self._lang,
        )
        case_id = self._writing.open_case(new)
        self._opened[name] = case_id
        links = (
            *permit_links(clue),
            *batch.links.get(name, ()),
            *(link_of_neighbour(one, "neighbour") for one in beside),
        )
        for link in links:
            self._writing.link(case_id, link)

    def _see_twin(
        self,
        name: str,
        clue: Mapping[str, Any],
        shape: BaseGeometry,
        case_id: str,
    ) -> None:
        """Enter a second report of one thing on one list."""
        self._opened[name] = case_id
        sighting = Sighting(
            clue_id=name,
            run_id=self._batch.run_id,
            seen_on=clue["seen_on"],
            relation="same",
            geometry=shape,
            kind=_text_or_none(clue["kind"]),
            why={"key": "ledger.match.twin", "facts": {}},
            facts={"primary": True, **_facts_seen(clue)},
        )
        self._writing.see(case_id, sighting, reporter=self._batch.reporters.get(name))

    def look_for_the_rest(self, settings: MatchSettings) -> None:
        """Say of known cases without a clue whether they are gone; write who is."""
        batch, writing = self._batch, self._writing
        if batch.reach is None or batch.observe is None:
            return
        around = writing.known(batch.reach)
        seen = self._pairs.loc[self._pairs["by"].notna(), "case_id"]
        hit = {*self._before.cases, *self._opened.values(), *seen}
        rest = around[~around.index.isin(hit)]
        if not len(rest):
            return
        grounds = gpd.GeoSeries(
            np.asarray(rest["ground"], dtype=object), index=rest.index, crs=FRAME
        )
        view = View(
            whole=batch.whole,
            before_on=batch.before_on,
            observed=batch.observe(grounds),
            **({} if batch.aside is None else {"aside": batch.aside}),
        )
        self._unseen = unseen(rest, settings=settings, view=view)
        gone = self._unseen[self._unseen["relation"] == "gone"]
        writing.preload(sorted(gone["case_id"]))
        for case_id, why in gone[["case_id", "why"]].itertuples(index=False):
            row = writing.pending.row(case_id)
            if row["hint"] == _LOOKED_RECOVERED or row["last_looked"] > batch.on:
                continue
            writing.see(
                case_id,
                Sighting("", batch.run_id, batch.on, "gone", why=said(why)),
            )

    def note_run(self, todo: set[str], *, whole: bool, settings: MatchSettings) -> None:
        """Enter the run itself, or a part of it under a name of its own."""
        batch = self._batch
        run_id = batch.run_id if whole else f"{batch.run_id}/{self._before.mark(todo)}"
        counts: dict[str, object] = {
            "opened": len(set(self._opened.values())),
            "seen": int(self._pairs["by"].notna().sum()),
            **{
                f"unseen_{name}": int(count)
                for name, count in sorted(
                    self._unseen["relation"].value_counts().to_dict().items()
                )
            },
        }
        figures = {name: getattr(settings, name) for name in sorted(settings.why)}
        self._writing.run(
            Run(
                run_id,
                batch.on,
                hashes=dict(batch.hashes),
                clues=len(todo),
                facts={**batch.facts, **counts, "settings": figures},
            )
        )

    def entered(self, *, skipped: int) -> Entered:
        """Return what was done."""
        columns = ["clue_id", "case_id", "relation", "why"]
        return Entered(
            run_id=self._batch.run_id,
            was_entered=False,
            opened=dict(self._opened),
            seen=self._pairs[columns].reset_index(drop=True),
            unseen=self._unseen,
            reopened=tuple(self._reopened),
            conflicts=tuple(self._conflicts),
            skipped=skipped,
        )

    def _text(self, why: Message) -> str:
        return TEXTS.render(why, self._lang)


def _text_or_none(value: object) -> str | None:
    return value if isinstance(value, str) else None


def _facts_seen(clue: Mapping[str, Any]) -> dict[str, object]:
    """Return what a later look may ask of a sighting."""
    wanted = ("origin", "description", "place", "trend", "confidence", "picture")
    return {
        name: clue[name]
        for name in wanted
        if clue.get(name) is not None and not pd.isna(clue[name])
    }
