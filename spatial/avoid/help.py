"""Help: for each prohibited or restricted site, what part, where else, which stretch.

All sites go through each step together, so that the judge is asked three times in
all: about the faces around the sites, about the parts, about the moves.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import shapely

from spatial.avoid.along import stretches
from spatial.avoid.ask import ask
from spatial.avoid.edges import Edges, looked_at
from spatial.avoid.faces import cut, joined
from spatial.avoid.model import Help, Move, Part
from spatial.avoid.move import direction, proposals
from spatial.avoid.part import (
    Ground,
    candidates,
    give_up,
    is_certain,
    lacks_attributes_alone,
)
from spatial.finding import OUTCOMES
from spatial.measure import GEOD, area_m2, grown_bounds, outline
from spatial.policy.judge import outcome_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from shapely.geometry.base import BaseGeometry

    from spatial.avoid.ask import Answer, Judge
    from spatial.finding import Finding, Outcome
    from spatial.policy import model
    from spatial.policy.judge import Judgement
    from spatial.shelf import Shelf

WITHIN_M = 2000.0
"""How far a move is searched unless said otherwise."""

HELPED: tuple[Outcome, ...] = ("prohibited", "restricted")
_LINE, _POLYGON = 1, 2


@dataclass(frozen=True, slots=True, eq=False)
class _Case:
    """A site that needs help."""

    at: int
    shape: BaseGeometry
    outcome: Outcome
    findings: tuple[Finding, ...]


@dataclass(frozen=True, slots=True, eq=False)
class _Work:
    """What every step needs: the sites, the lines, the judge, how far to look."""

    shelf: Shelf
    edges: Edges
    judge: Judge
    within_m: float

    def asked(self, wanted: list[tuple[int, BaseGeometry]]) -> list[Answer]:
        """Ask about sites at other places."""
        of = np.array([at for at, _ in wanted], dtype=int)
        shapes = np.empty(len(wanted), dtype=object)
        shapes[:] = [shape for _, shape in wanted]
        return ask(self.judge, self.shelf.sites, of=of, at=shapes)


def help_for(
    shelf: Shelf,
    rulebooks: tuple[model.Rulebook, ...],
    judgement: Judgement,
    *,
    judge: Judge,
    within_m: float = WITHIN_M,
) -> Mapping[int, Help]:
    """Return what could be done about each prohibited or restricted site.

    Parameters
    ----------
    shelf, rulebooks, judgement
        What was judged, by what, and what was said.
    judge
        Judges a table of sites by all that `judgement` was made by.
    within_m
        How far moves are searched, metres.

    Returns
    -------
    mapping
        By position of the site; polygons and lines only. Every part and every move
        was judged as a site: what it says there is what a review says.

    Raises
    ------
    GeometryError
        The land around a site cannot be cut along its borders.
    """
    cases = tuple(_cases(shelf, judgement))
    areas = [one for one in cases if shapely.get_dimensions(one.shape) == _POLYGON]
    lines = [one for one in cases if shapely.get_dimensions(one.shape) == _LINE]
    wheres = {
        (one.rule.id, number): provision.where
        for one in judgement.rules
        if one.edition is not None
        for number, provision in enumerate(one.edition.provisions, start=1)
    }
    found = {
        one.at: Help(stretches=stretches(one.shape, one.findings, wheres, shelf))
        for one in lines
    }
    if areas:
        edges = Edges(shelf, looked_at(shelf, rulebooks))
        found |= _of_polygons(_Work(shelf, edges, judge, within_m), areas)
    return {one.at: found[one.at] for one in cases if one.at in found}


def _cases(shelf: Shelf, judgement: Judgement) -> Iterable[_Case]:
    """Yield the sites that are prohibited or restricted."""
    said: dict[int, list[Finding]] = {}
    for one in judgement.findings:
        said.setdefault(one.site, []).append(one)
    unknowns = judgement.unknowns.of_sites()
    for at, shape in enumerate(shelf.sites.geometry):
        findings = tuple(said.get(at, ()))
        outcome = outcome_of(findings, unknowns[at])
        if outcome in HELPED:
            yield _Case(at, shape, outcome, findings)


def _of_polygons(work: _Work, cases: list[_Case]) -> dict[int, Help]:
    """Return the help for polygons."""
    grounds = _grounds(work, cases)
    parts = _parts(work, cases, grounds)
    moves = _moves(work, cases, grounds)
    return {
        case.at: Help(
            give_up=give_up(ground),
            give_up_m2=_lost_m2(case, parts.get(case.at)),
            part=parts.get(case.at),
            move=moves.get(case.at),
            searched_m=work.within_m,
        )
        for case, ground in zip(cases, grounds, strict=True)
    }


def _lost_m2(case: _Case, part: Part | None) -> float:
    return float(area_m2(case.shape)) - (part.area_m2 if part else 0.0)


def _grounds(work: _Work, cases: list[_Case]) -> list[Ground]:
    """Cut the surroundings of each site and ask about every face, all at once."""
    cuts = []
    for case in cases:
        (box,) = grown_bounds(np.array([shapely.bounds(case.shape)]), work.within_m)
        window = shapely.box(*box)
        own = outline(np.array([case.shape], dtype=object))
        cuts.append(cut(window, np.concatenate([work.edges.within(window), own])))
    many = [len(one) for one in cuts]
    of = np.repeat([case.at for case in cases], many)
    at = np.concatenate([one.points for one in cuts])
    answers = ask(work.judge, work.shelf.sites, of=of, at=at)
    ends = np.cumsum(many)
    grounds = []
    for case, faces, end in zip(cases, cuts, ends.tolist(), strict=True):
        inside = shapely.contains_properly(case.shape, faces.points)
        own_answers = answers[end - len(faces) : end]
        grounds.append(
            Ground(case.shape, case.outcome, case.findings, faces, own_answers, inside)
        )
    return grounds


def _milder(outcome: Outcome, than: Outcome) -> bool:
    """Whether an outcome is no longer the one, be it that something is open."""
    return OUTCOMES.index(outcome) > OUTCOMES.index(than)


def _parts(work: _Work, cases: list[_Case], grounds: list[Ground]) -> dict[int, Part]:
    """Return for each site the first candidate that a review finds milder."""
    wanted = [
        (case.at, shape)
        for case, ground in zip(cases, grounds, strict=True)
        for shape in candidates(ground)
    ]
    was = {case.at: case.outcome for case in cases}
    found: dict[int, Part] = {}
    for (at, shape), said in zip(wanted, work.asked(wanted), strict=True):
        if at not in found and _milder(said.outcome, was[at]):
            pieces = shapely.get_num_geometries(shape)
            size = float(area_m2(shape))
            found[at] = Part(shape, size, int(pieces), said.outcome)
    return found


def _moves(work: _Work, cases: list[_Case], grounds: list[Ground]) -> dict[int, Move]:
    """Return for each site the least move that a review finds to comply.

    Where the project leaves an attribute open, so that nothing certain can be said of
    it anywhere, the least move to where nothing else is open. Never to ground of which
    a layer says too little.
    """
    found: dict[int, Move] = {}
    for strict in (True, False):
        wanted: list[tuple[int, BaseGeometry]] = []
        for case, ground in zip(cases, grounds, strict=True):
            if case.at in found:
                continue
            bad = ground.to_keep_off(certain=strict)
            off = joined(ground.faces.shapes[bad])
            proposed = proposals(case.shape, off, within_m=work.within_m)
            wanted += [(case.at, shape) for shape in proposed.shapes]
        was = {case.at: case for case in cases}
        suits = is_certain if strict else lacks_attributes_alone
        answers = work.asked(wanted)
        for (at, shape), said in zip(wanted, answers, strict=True):
            milder = _milder(said.outcome, was[at].outcome)
            if at not in found and milder and suits(said):
                found[at] = _move(was[at].shape, shape, said.outcome)
    return found


def _move(site: BaseGeometry, there: BaseGeometry, outcome: Outcome) -> Move:
    start, end = (
        np.array([(box[0] + box[2]) / 2, (box[1] + box[3]) / 2])
        for box in (shapely.bounds(site), shapely.bounds(there))
    )
    azimuth, _, metres = GEOD.inv(*start, *end)
    turned = round(float(azimuth) % 360.0, 1) % 360.0
    return Move(round(float(metres), 1), turned, direction(turned), there, outcome)
