"""By what a review judges: rulebooks, access lists, and where both are silent.

Whoever asks what may be built somewhere asks here: the review, help to avoid, land for
a project. One answer, by everything that counts.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from layers.errors import InputRefusedError
from layers.garbage import uncollected
from layers.spec import kinds, spec
from layers.text import message
from spatial.finding import Unknown
from spatial.lacks import Lacks, SharedLacks
from spatial.policy.choice import BY_REGION, of_region, spelled_out
from spatial.policy.judge import judge
from spatial.policy.load import load_rulebook
from spatial.policy.territory import spoken_for, strangers
from spatial.report.layer_records import territories_by_kind
from spatial.units import judge_units
from spatial.units.model import KIND as UNITS

if TYPE_CHECKING:
    from collections.abc import Iterator

    import pandas as pd

    from layers.layer import Workspace
    from spatial.policy.judge import JudgedRule, Judgement, Progress
    from spatial.policy.model import About, Rulebook
    from spatial.shelf import Shelf
    from spatial.units import UnitJudgement


@dataclass(frozen=True, slots=True)
class Judged:
    """What is said of the sites of a shelf.

    Attributes
    ----------
    judgement
        By rulebooks and access lists together, with an unknown for every control zone
        that neither speaks of, and for every site where no rule applies at all.
    units
        What the access lists say, unit by unit.
    """

    judgement: Judgement
    units: UnitJudgement


@uncollected()
def judged(
    shelf: Shelf,
    rulebooks: tuple[Rulebook, ...],
    *,
    about: About = "project",
    progress: Progress | None = None,
) -> Judged:
    """Judge the sites of a shelf by everything that counts.

    Parameters
    ----------
    shelf
        Sites and layers on the day.
    rulebooks
        From `rulebooks_of`.
    about
        What the sites are, as for `spatial.review`.
    progress
        Called after each rule with the count of those done and of all.

    Returns
    -------
    Judged
        Findings by site.
    """
    judgement = judge(shelf, rulebooks, about=about, progress=progress)
    units = judge_units(shelf)
    silent = (
        _without_rule(shelf, judgement, units),
        _without_law(shelf, judgement, rulebooks),
        _beyond_region(shelf, judgement, rulebooks),
    )
    return Judged(_together(judgement, units, silent), units)


def _together(
    judgement: Judgement, units: UnitJudgement, silent: tuple[Lacks, ...]
) -> Judgement:
    """Return what rulebooks and access lists say, and what neither speaks of."""
    found = (*judgement.findings, *units.findings)
    return replace(
        judgement,
        findings=tuple(sorted(found, key=lambda one: one.site)),
        unknowns=SharedLacks.of(
            (judgement.unknowns, units.unknowns, *silent), len(judgement.unknowns.which)
        ),
    )


def day_of(on: dt.date | str) -> dt.date:
    """Return a day given as a date or as ``YYYY-MM-DD``.

    A moment is refused: which day it is depends on the time zone, and half past
    eleven at night in Greenwich is tomorrow in China.
    """
    refused = InputRefusedError(
        source="on", expected="a date YYYY-MM-DD", got=repr(on), todo="correct it"
    )
    if isinstance(on, dt.datetime):
        raise refused
    if isinstance(on, dt.date):
        return on
    try:
        day = dt.date.fromisoformat(on)
    except ValueError as error:
        raise refused from error
    if str(day) != on:
        raise refused
    return day


def rulebooks_of(office: Workspace) -> tuple[Rulebook, ...]:
    """Load the rulebooks of a workspace; a rule id may stand in one of them only.

    Raises
    ------
    InputRefusedError
        The workspace names none, or two hold a rule of one id.
    """
    if not office.rulebooks:
        raise InputRefusedError(
            source=office.path,
            expected="at least one rulebook",
            got="none",
            todo="name them in workspace.yaml, for example rulebooks: [national]",
        )
    rulebooks = tuple(_named(office))
    home: dict[str, str] = {}
    for book in rulebooks:
        for rule in book.rules:
            if home.setdefault(rule.id, book.id) != book.id:
                raise InputRefusedError(
                    source=book.path,
                    expected="rule ids that no other rulebook of the workspace has",
                    got=f"{rule.id}, which {home[rule.id]} has too",
                    todo="rename one of them, or leave one rulebook out",
                )
    return rulebooks


def _named(office: Workspace) -> Iterator[Rulebook]:
    """Yield the rulebooks that a workspace names, each once, by name or by region."""
    meant = [one for name in office.rulebooks for one in spelled_out(name)]
    names = dict.fromkeys(meant)
    for name in names:
        if name != BY_REGION:
            yield _rulebook(name, office)
            continue
        if office.region is None:
            raise InputRefusedError(
                source=office.path,
                expected=f"a region beside the rulebooks {BY_REGION}",
                got="none",
                todo="write its adcode under region:, or name the rulebooks",
            )
        yield from (one for one in of_region(office.region) if one.id not in names)


def _rulebook(name: str, office: Workspace) -> Rulebook:
    """Load a built-in rulebook by name, or one of the office by its path."""
    if not name.endswith((".yaml", ".yml")):
        return load_rulebook(name)
    path = Path(name)
    if path.is_absolute() or office.path == "<memory>":
        return load_rulebook(path)
    return load_rulebook(Path(office.path).parent / path)


def _without_rule(shelf: Shelf, judgement: Judgement, units: UnitJudgement) -> Lacks:
    """Control zones that a site overlaps and that no rule of the day speaks of there.

    A control zone without a rule is not a zone without law: a person must look. So it
    is where the rules that speak of the kind are those of the next province. An
    access list speaks of the units of its layer.
    """
    asked = territories_by_kind(judgement, with_advice=False)
    said_of: dict[tuple[str, bytes], Unknown] = {}
    lacks: list[tuple[int, Unknown]] = []
    for kind in kinds():
        if spec(kind).role != "control" or not shelf.has(kind):
            continue
        spoken = spoken_for(asked.get(kind, ()), shelf)
        if spoken.all():
            continue
        zones = shelf.zones(kind)
        pairs = shelf.pairs(kind)
        open_ = pairs["interior"] & ~spoken[pairs["site"].to_numpy(dtype=int)]
        met = pairs[open_].drop_duplicates(["site", "zone"])
        if kind == UNITS:
            of_layer = zones["layer"].iloc[met["zone"].to_numpy()]
            met = met[~of_layer.isin(units.judged_layers).to_numpy()]
        for site, group in met.groupby("site", sort=True):
            which = group["zone"].to_numpy()
            key = (kind, which.tobytes())
            if key not in said_of:
                said_of[key] = _no_rule(kind, zones.iloc[which])
            lacks.append((int(str(site)), said_of[key]))
    return Lacks.each(lacks)


def _no_rule(kind: str, zones: pd.DataFrame) -> Unknown:
    """Return the unknown of a site that lies in zones that no rule speaks of."""
    shown = zones[spec(kind).name_field].fillna(zones["feature_id"])
    names = ", ".join(map(str, shown))
    said = message("doubt.no_rule_for_layer", title=spec(kind).title, zones=names)
    return Unknown(-1, "", "no_rule_for_layer", kind, said)


def _without_law(
    shelf: Shelf, judgement: Judgement, rulebooks: tuple[Rulebook, ...]
) -> Lacks:
    """Sites that lie, in part at least, where not one rule applies on the day.

    Rulebooks begin at some day and end at some border; beyond, their silence is not
    the law's. Nor is it where activities are reviewed and only the rules on projects
    apply.
    """
    follows = [one.rule for one in judgement.rules if _says_what_follows(one)]
    heard = [one for one in follows if one.about == judgement.about]
    books = ", ".join(one.id for one in rulebooks)
    if heard:
        open_ = ~spoken_for((one.territory for one in heard), shelf)
        which = "no_rule_in_part"
    else:
        open_ = np.ones(len(shelf.sites), dtype=bool)
        which = "no_activity_rule" if follows else "no_rule_in_force"
    said = message(f"doubt.{which}", rulebooks=books, on=str(shelf.on))
    lack = Unknown(-1, "", "no_rule_in_force", "rulebooks", said)
    return Lacks.at(np.flatnonzero(open_), lack)


def _beyond_region(
    shelf: Shelf, judgement: Judgement, rulebooks: tuple[Rulebook, ...]
) -> Lacks:
    """Sites on ground of which the rules of the office's own region say nothing.

    These rules are taken to apply to every site. Where the layer of administrative
    units has the site, or a part of it, in the next county, that county's own rules
    were not asked.
    """
    follows = (one.rule.territory for one in judgement.rules if _says_what_follows(one))
    strange = strangers(follows, shelf)
    if not strange.any():
        return Lacks()
    pairs = shelf.pairs("admin_unit")
    zone = pairs["zone"].to_numpy(dtype=int)
    met = pairs[pairs["interior"].to_numpy(dtype=bool) & strange[zone]]
    units = shelf.zones("admin_unit")
    shown = units["name"].fillna(units["code"]).astype(str)
    books = ", ".join(one.id for one in rulebooks)
    said_of: dict[str, Unknown] = {}
    lacks: list[tuple[int, Unknown]] = []
    for site, group in met.groupby("site", sort=True):
        names = ", ".join(dict.fromkeys(shown.iloc[group["zone"].to_numpy()]))
        if names not in said_of:
            said = message(
                "doubt.outside_region",
                units=names,
                region=shelf.region or "",
                rulebooks=books,
            )
            said_of[names] = Unknown(-1, "", "no_rule_in_force", "region", said)
        lacks.append((int(str(site)), said_of[names]))
    return Lacks.each(lacks)


def _says_what_follows(judged: JudgedRule) -> bool:
    """Whether a rule applies here on the day, is dated and does more than advise."""
    return (
        judged.status in ("in_force", "period_ended")
        and judged.edition is not None
        and judged.edition.valid.is_stated
        and not all(one.is_advice for one in judged.edition.provisions)
    )
