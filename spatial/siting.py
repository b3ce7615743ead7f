"""Siting review: may this be built or be here, and which clause says so.

sites + workspace + day  ->  shelf  ->  judge  ->  content  ->  people
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import geopandas as gpd

from layers.card import card_html
from layers.errors import InputRefusedError
from layers.layer import FRAME, Layer
from layers.read import from_frame
from spatial.avoid.help import help_for
from spatial.judging import day_of, judged, rulebooks_of
from spatial.override.read import read_overrides
from spatial.parts import parts_of
from spatial.report import tables
from spatial.report.assemble import assemble
from spatial.report.comparison import compare as compare_contents
from spatial.report.overruled import overruled
from spatial.report.plot import plot
from spatial.report.shown import shown_review
from spatial.report.write import DEFAULT_FORMATS, write_review
from spatial.shelf import Shelf

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Collection, Iterable, Iterator, Mapping

    import folium
    import pandas as pd

    from layers.layer import Workspace
    from layers.text import Lang
    from spatial.override.model import OverrideFile
    from spatial.policy.judge import Progress
    from spatial.policy.model import About
    from spatial.report.comparison import Comparison
    from spatial.report.content import ReviewContent
    from spatial.report.plot import Picture


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
        from spatial.report.map import explore  # noqa: PLC0415  folium loads slowly

        return explore(self.content, self.lang)

    def plot(self) -> Picture:
        """Return a quick picture of the same map; needs the extra ``report``."""
        return plot(shown_review(self.content, self.lang), self.content.title)

    def _repr_html_(self) -> str:
        from spatial.report.cards import review_card  # noqa: PLC0415

        return card_html(review_card(self.content, self.lang))

    def compared_with(self, other: Review) -> Review:
        """Return the review with its comparison with another; it is written too."""
        return replace(
            self, content=replace(self.content, comparison=compare(self, other))
        )

    def write(
        self,
        folder: Path | str,
        *,
        formats: Collection[str] = DEFAULT_FORMATS,
        fonts: Path | None = None,
        maps: bool = False,
        call: Mapping[str, Any] | None = None,
    ) -> tuple[Path, ...]:
        """Write result, tables, reports and manifest to a folder; return the paths.

        `formats` are some of ``xlsx``, ``html``, ``docx``, ``pdf``; of a review with
        one site (see `only`) Word and PDF are the report on that site. With `maps`
        they hold maps. More, and `fonts` and `call`, at
        `spatial.report.write.write_review`.
        """
        return write_review(
            self.content,
            Path(folder),
            lang=self.lang,
            call=call,
            formats=formats,
            fonts=fonts,
            maps=maps,
        )


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
    avoid: bool = False,
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
        `sites` is a layer of another kind, the workspace names no rulebook, `on` is
        no date, or `about` is another word.
    DocumentError
        The overrides break their format.
    """
    layer, shelf = _begun(sites, office, on=on, about=about)
    said = _reviewed(layer, shelf, about=about, avoid=avoid, progress=progress)
    if isinstance(overrides, Path | str):
        overrides = read_overrides(overrides)
    return Review(overruled(said, overrides) if overrides else said, lang)


def review_in_parts(
    sites: Layer | gpd.GeoDataFrame,
    office: Workspace,
    *,
    on: dt.date | str,
    size: int,
    about: About = "project",
    lang: Lang = "zh",
    avoid: bool = False,
    only: int | None = None,
    progress: Progress | None = None,
) -> Iterator[Review]:
    """Review many sites part by part, in memory that does not grow with their number.

    Layers are read, cut and indexed once; of the sites and all that is said of them
    one part is held at a time, if the caller lets go of the one before. What is said
    of a site is what `review` says.

    Parameters
    ----------
    sites, office, on, about, lang, avoid, progress
        As for `review`; `progress` starts anew with each part.
    size
        Sites in a part.
    only
        Number of the one part that is wanted, from 1; None: all.

    Yields
    ------
    Review
        Of the sites of one part (see `spatial.parts.parts_of`), in the order of the
        file. Each names its part on every page. A file without sites gives one.

    Raises
    ------
    InputRefusedError
        As for `review`; also if `size` is less than 1.
    """
    layer, shelf = _begun(sites, office, on=on, about=about)
    for number, part in enumerate(parts_of(layer, size), start=1):
        if only not in (None, number):
            continue
        shelf = shelf.with_sites(_frame(part))
        content = _reviewed(part, shelf, about=about, avoid=avoid, progress=progress)
        yield Review(content, lang)


def _begun(
    sites: Layer | gpd.GeoDataFrame,
    office: Workspace,
    *,
    on: dt.date | str,
    about: About,
) -> tuple[Layer, Shelf]:
    """Return the sites as a layer, and the shelf on which they are judged."""
    day = day_of(on)
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
    return layer, Shelf(_frame(layer), office, day)


def _frame(layer: Layer) -> gpd.GeoDataFrame:
    return gpd.GeoDataFrame(
        layer.frame.reset_index(drop=True), geometry="geometry", crs=FRAME
    )


def _reviewed(
    layer: Layer,
    shelf: Shelf,
    *,
    about: About,
    avoid: bool,
    progress: Progress | None,
) -> ReviewContent:
    """Return all that is said of the sites of a shelf."""
    rulebooks = rulebooks_of(shelf.workspace)
    judged_by = partial(judged, rulebooks=rulebooks, about=about)
    said = judged_by(shelf, progress=progress)
    helps = None
    if avoid:
        helps = help_for(
            shelf,
            rulebooks,
            said.judgement,
            judge=lambda some: judged_by(shelf.with_sites(some)).judgement,
        )
    return assemble(
        layer, shelf, said.judgement, rulebooks, units=said.units, helps=helps
    )


def _refuse_other(about: str) -> None:
    if about not in ("project", "activity"):
        raise InputRefusedError(
            source="about",
            expected="'project' or 'activity'",
            got=repr(about),
            todo="correct it",
        )
