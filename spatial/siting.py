"""Siting review: may this be built or be here, and which clause says so.

sites + workspace + day  ->  shelf  ->  judge  ->  content  ->  people
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import geopandas as gpd
import numpy as np

from layers.errors import InputRefusedError
from layers.layer import FRAME, Layer
from layers.read import from_frame
from layers.spec import kinds, spec
from layers.text import message
from spatial.finding import Unknown
from spatial.lacks import Lacks
from spatial.override.read import read_overrides
from spatial.policy.choice import BY_REGION, of_region, spelled_out
from spatial.policy.judge import judge
from spatial.policy.load import load_rulebook
from spatial.report import tables
from spatial.report.assemble import assemble
from spatial.report.comparison import compare as compare_contents
from spatial.report.layer_records import kinds_asked_for
from spatial.report.map import explore
from spatial.report.overruled import overruled
from spatial.report.write import write_review
from spatial.shelf import Shelf
from spatial.units import judge_units
from spatial.units.model import KIND as UNITS

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    import folium
    import pandas as pd

    from layers.layer import Workspace
    from layers.text import Lang
    from spatial.override.model import OverrideFile
    from spatial.policy.judge import JudgedRule, Judgement, Progress
    from spatial.policy.model import About, Rulebook
    from spatial.report.comparison import Comparison
    from spatial.report.content import ReviewContent
    from spatial.units import UnitJudgement


@dataclass(frozen=True, slots=True)
class Review:
    """The result of a review of projects or activities.

    Attributes
    ----------
    content
        Everything, language-neutral; what the writers read.
    lang
        Language of the tables and the map: ``zh`` or ``en``.
    """

    content: ReviewContent
    lang: Lang = "zh"

    @property
    def outcomes(self) -> pd.DataFrame:
        """One row a site, index ``site_id``; most severe outcome first.

        Columns: ``name``, ``outcome``, ``machine_outcome``, ``stable``,
        ``area_m2``, ``length_m``, ``deciding_rule``, ``findings`` and ``unknowns``
        (counts).
        """
        return tables.outcomes(self.content)

    @property
    def findings(self) -> gpd.GeoDataFrame:
        """One row a finding, EPSG:4490; the geometry is the overlap, else the site."""
        return tables.findings(self.content, self.lang)

    @property
    def unknowns(self) -> pd.DataFrame:
        """One row for everything that kept a rule from being decided."""
        return tables.unknowns(self.content, self.lang)

    @property
    def overlaps(self) -> gpd.GeoDataFrame:
        """One row for every pair of site and zone that meet, judged or not."""
        return tables.overlaps(self.content)

    @property
    def overrides(self) -> pd.DataFrame:
        """One row an override, in the order of the file, and what became of it.

        Columns ``site_id``, ``status``, ``finding_ids``, ``machine_outcome``,
        ``outcome``, ``reason``, ``name``, ``date``, ``document``,
        ``checked_instead``; empty where no file was given.
        """
        return tables.overrides(self.content)

    def only(self, site_ids: Iterable[str]) -> Review:
        """Return the review cut down to some sites, by id, in the order they have.

        Layers, rules and the run id stay those of the whole run.
        """
        wanted = set(site_ids)
        kept = tuple(one for one in self.content.sites if one.site_id in wanted)
        return replace(self, content=replace(self.content, sites=kept))

    def explore(self) -> folium.Map:
        """Return a map for a notebook: offline, every value escaped."""
        return explore(self.content, self.lang)

    def compared_with(self, other: Review) -> Review:
        """Return the review with its comparison with another; it is written too."""
        return replace(
            self, content=replace(self.content, comparison=compare(self, other))
        )

    def write(
        self, folder: Path | str, *, call: Mapping[str, Any] | None = None
    ) -> tuple[Path, ...]:
        """Write result, tables, map and manifest to a folder; return the paths.

        `call` stands in the manifest, see `spatial.report.write.write_review`.
        """
        return write_review(self.content, Path(folder), lang=self.lang, call=call)


def compare(before: Review, after: Review) -> Comparison:
    """Compare two reviews: which sites change, by which findings, and why.

    Parameters
    ----------
    before, after
        Of the same sites on two days, by two editions of a layer or a rulebook. Sites
        that are in one of them only are listed.

    Returns
    -------
    Comparison
        Frozen; `outcomes` and `changes` are its tables.
    """
    return compare_contents(before.content, after.content)


def review(
    sites: Layer | gpd.GeoDataFrame,
    office: Workspace,
    *,
    on: dt.date | str,
    about: About = "project",
    lang: Lang = "zh",
    overrides: OverrideFile | Path | str | None = None,
    progress: Progress | None = None,
) -> Review:
    """Review the siting of projects, or activities that are there already.

    Parameters
    ----------
    sites
        A layer of kind ``project_site``, or a GeoDataFrame with a CRS whose columns
        bear the canonical names or their aliases.
    office
        The control layers, rulebooks and settings.
    on
        The day whose law and layers count: a date or ``YYYY-MM-DD``.
    about
        ``project``: what is to be built; rules on activities are not heard.
        ``activity``: what is there already (column ``activity``); rules on activities
        are heard, and of the others what ties a ban to a zone. Without a rule on
        activities nothing is called free of conflict.
    lang
        Language of the tables and the map.
    overrides
        Where reviewers disagree: a file, or what `read_overrides` read from it.
    progress
        Called after each rule with the count of those done and of all.

    Returns
    -------
    Review
        One outcome for every row of `sites`, including those that were quarantined.

    Raises
    ------
    InputRefusedError
        `sites` is a layer of another kind, the workspace names no rulebook, `on` is
        no date, or `about` is another word.
    DocumentError
        The overrides break their format.
    """
    day = _day(on)
    _refuse_other(about)
    layer = (
        sites if isinstance(sites, Layer) else from_frame(sites, kind="project_site")
    )
    if layer.kind != "project_site":
        raise InputRefusedError(
            source=layer.id,
            expected="a layer of kind project_site",
            got=f"kind {layer.kind}",
            todo="read the file with kind='project_site'",
        )
    rulebooks = _rulebooks(office)
    frame = gpd.GeoDataFrame(
        layer.frame.reset_index(drop=True), geometry="geometry", crs=FRAME
    )
    shelf = Shelf(frame, office, day)
    judgement = judge(shelf, rulebooks, about=about, progress=progress)
    units = judge_units(shelf)
    silent = (
        _without_rule(shelf, judgement, units),
        _without_law(shelf, judgement, rulebooks),
    )
    judgement = _together(judgement, units, silent)
    content = assemble(layer, shelf, judgement, rulebooks, units=units)
    if isinstance(overrides, Path | str):
        overrides = read_overrides(overrides)
    return Review(overruled(content, overrides) if overrides else content, lang)


def _together(
    judgement: Judgement, units: UnitJudgement, silent: tuple[Lacks, ...]
) -> Judgement:
    """Return what rulebooks and access lists say, and what neither speaks of."""
    found = (*judgement.findings, *units.findings)
    return replace(
        judgement,
        findings=tuple(sorted(found, key=lambda one: one.site)),
        unknowns=Lacks.joined((judgement.unknowns, units.unknowns, *silent)),
    )


def _day(on: dt.date | str) -> dt.date:
    if isinstance(on, dt.date):
        return on
    try:
        return dt.date.fromisoformat(on)
    except ValueError as error:
        raise InputRefusedError(
            source="on", expected="a date YYYY-MM-DD", got=repr(on), todo="correct it"
        ) from error


def _refuse_other(about: str) -> None:
    if about not in ("project", "activity"):
        raise InputRefusedError(
            source="about",
            expected="'project' or 'activity'",
            got=repr(about),
            todo="correct it",
        )


def _rulebooks(office: Workspace) -> tuple[Rulebook, ...]:
    """Load the rulebooks of a workspace; a rule id may stand in one of them only."""
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
    """Control zones that a site overlaps and that no rule of the day speaks of.

    A control zone without a rule is not a zone without law: a person must look. An
    access list speaks of the units of its layer.
    """
    asked = set(kinds_asked_for(judgement, with_advice=False))
    said_of: dict[tuple[str, bytes], Unknown] = {}
    lacks: list[tuple[int, Unknown]] = []
    for kind in kinds():
        if spec(kind).role != "control" or kind in asked or not shelf.has(kind):
            continue
        zones = shelf.zones(kind)
        pairs = shelf.pairs(kind)
        met = pairs[pairs["interior"]].drop_duplicates(["site", "zone"])
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
    """Every site, when not one rule applies in this place on the day.

    Rulebooks begin at some day and end at some border; beyond, their silence is not
    the law's. Nor is it where activities are reviewed and only the rules on projects
    apply.
    """
    applied = {one.rule.about for one in judgement.rules if _says_what_follows(one)}
    if judgement.about in applied:
        return Lacks()
    which = "no_activity_rule" if applied else "no_rule_in_force"
    books = ", ".join(one.id for one in rulebooks)
    said = message(f"doubt.{which}", rulebooks=books, on=str(shelf.on))
    lack = Unknown(-1, "", "no_rule_in_force", "rulebooks", said)
    return Lacks.at(np.arange(len(shelf.sites)), lack)


def _says_what_follows(judged: JudgedRule) -> bool:
    """Whether a rule applies here on the day, is dated and does more than advise."""
    return (
        judged.status in ("in_force", "period_ended")
        and judged.edition is not None
        and judged.edition.valid.is_stated
        and not all(one.is_advice for one in judged.edition.provisions)
    )
