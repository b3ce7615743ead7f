"""Siting review: may this be built here, and which clause says so.

sites + workspace + day  ->  shelf  ->  judge  ->  content  ->  people
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

import geopandas as gpd
import numpy as np

from layers.errors import InputRefusedError
from layers.layer import FRAME, Layer
from layers.read import from_frame
from layers.spec import kinds, spec
from layers.text import message
from spatial.avoid.help import help_for
from spatial.finding import Unknown
from spatial.lacks import Lacks
from spatial.policy.judge import judge
from spatial.policy.load import load_rulebook
from spatial.report import tables
from spatial.report.assemble import assemble
from spatial.report.layer_records import kinds_asked_for
from spatial.report.map import explore
from spatial.report.write import write_review
from spatial.shelf import Shelf

if TYPE_CHECKING:
    from collections.abc import Iterable

    import folium
    import pandas as pd

    from layers.layer import Workspace
    from layers.text import Lang
    from spatial.policy.judge import Judgement, Progress
    from spatial.policy.model import Rulebook
    from spatial.report.content import ReviewContent


@dataclass(frozen=True, slots=True)
class Review:
    """The result of a siting review.

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

        Columns: ``name``, ``outcome``, ``stable``, ``area_m2``, ``length_m``,
        ``deciding_rule``, ``findings``, ``unknowns`` (counts).
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

    def write(self, folder: Path | str) -> tuple[Path, ...]:
        """Write result, tables, map and manifest to a folder; return the paths."""
        return write_review(self.content, Path(folder), lang=self.lang)


def review(
    sites: Layer | gpd.GeoDataFrame,
    office: Workspace,
    *,
    on: dt.date | str,
    lang: Lang = "zh",
    avoid: bool = False,
    progress: Progress | None = None,
) -> Review:
    """Review the siting of projects.

    Parameters
    ----------
    sites
        A layer of kind ``project_site``, or a GeoDataFrame with a CRS whose columns
        bear the canonical names or their aliases.
    office
        The control layers, rulebooks and settings.
    on
        The day whose law and layers count: a date or ``YYYY-MM-DD``.
    lang
        Language of the tables and the map.
    avoid
        Also look, for each prohibited or restricted polygon, for the part that
        complies and the least move, and for each such line for the stretches. Takes
        about a tenth of a second a site.
    progress
        Called after each rule with the count of those done and of all.

    Returns
    -------
    Review
        One outcome for every row of `sites`, including those that were quarantined.

    Raises
    ------
    InputRefusedError
        `sites` is a layer of another kind, the workspace names no rulebook, or `on`
        is no date.
    """
    day = day_of(on)
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
    rulebooks = rulebooks_of(office)
    frame = gpd.GeoDataFrame(
        layer.frame.reset_index(drop=True), geometry="geometry", crs=FRAME
    )
    shelf = Shelf(frame, office, day)
    judgement = judged(shelf, rulebooks, progress=progress)
    helps = None
    if avoid:
        helps = help_for(
            shelf,
            rulebooks,
            judgement,
            judge=lambda some: judged(Shelf(some, office, day), rulebooks),
        )
    return Review(assemble(layer, shelf, judgement, rulebooks, helps=helps), lang)


def judged(
    shelf: Shelf, rulebooks: tuple[Rulebook, ...], *, progress: Progress | None = None
) -> Judgement:
    """Judge the sites of a shelf by the rules, and by where the rules are silent.

    Parameters
    ----------
    shelf
        Sites and layers on the day.
    rulebooks
        From `rulebooks_of`.
    progress
        As for `review`.

    Returns
    -------
    Judgement
        With an unknown for every control zone that no rule speaks of, and for every
        site where no rule applies at all.
    """
    judgement = judge(shelf, rulebooks, progress=progress)
    silent = (_without_rule(shelf, judgement), _without_law(shelf, judgement))
    return replace(judgement, unknowns=Lacks.joined((judgement.unknowns, *silent)))


def day_of(on: dt.date | str) -> dt.date:
    """Return a day given as a date or as ``YYYY-MM-DD``."""
    if isinstance(on, dt.date):
        return on
    try:
        return dt.date.fromisoformat(on)
    except ValueError as error:
        raise InputRefusedError(
            source="on", expected="a date YYYY-MM-DD", got=repr(on), todo="correct it"
        ) from error


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
    rulebooks = tuple(_rulebook(name, office) for name in office.rulebooks)
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


def _rulebook(name: str, office: Workspace) -> Rulebook:
    """Load a built-in rulebook by name, or one of the office by its path."""
    if not name.endswith((".yaml", ".yml")):
        return load_rulebook(name)
    path = Path(name)
    if path.is_absolute() or office.path == "<memory>":
        return load_rulebook(path)
    return load_rulebook(Path(office.path).parent / path)


def _without_rule(shelf: Shelf, judgement: Judgement) -> Lacks:
    """Control zones that a site overlaps and that no rule of the day speaks of.

    A control zone without a rule is not a zone without law: a person must look.
    """
    asked = set(kinds_asked_for(judgement))
    said_of: dict[tuple[str, bytes], Unknown] = {}
    lacks: list[tuple[int, Unknown]] = []
    for kind in kinds():
        if spec(kind).role != "control" or kind in asked or not shelf.has(kind):
            continue
        zones = shelf.zones(kind)
        pairs = shelf.pairs(kind)
        met = pairs[pairs["interior"]].drop_duplicates(["site", "zone"])
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


def _without_law(shelf: Shelf, judgement: Judgement) -> Lacks:
    """Every site, when not one rule applies in this place on the day.

    Rulebooks begin at some day and end at some border; beyond, their silence is not
    the law's.
    """
    if any(one.status in ("in_force", "period_ended") for one in judgement.rules):
        return Lacks()
    books = ", ".join(dict.fromkeys(one.rulebook for one in judgement.rules))
    said = message("doubt.no_rule_in_force", rulebooks=books, on=str(shelf.on))
    lack = Unknown(-1, "", "no_rule_in_force", "rulebooks", said)
    return Lacks.at(np.arange(len(shelf.sites)), lack)
