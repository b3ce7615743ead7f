"""Maps on paper: of a site, and of all sites of a review; PNG and SVG.

No clock, no chance, no state of pyplot: the same review gives the same bytes under the
same matplotlib and typeface. Nothing is fetched; there is no base map.
"""

from __future__ import annotations

import io
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any, Literal

import shapely

from layers.errors import UnknownKindError
from spatial.report.blocks import Figure as PrintedFigure
from spatial.report.map_face import map_face
from spatial.report.map_frame import SHEETS
from spatial.report.map_shapes import Atlas

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from matplotlib.figure import Figure

    from spatial.report.content import ReviewContent, SiteRecord
    from spatial.report.map_face import MapFace
    from spatial.report.map_shapes import OnMap
    from spatial.text import Lang

MOST_VECTOR, MOST_POINTS = 2_000, 60_000
"""Sites, and corners of zones, on a map that is also drawn as SVG: of more the file
would be too large."""
_SALT = "ecoredline"


@dataclass(frozen=True, slots=True)
class StaticMap:
    """A finished map.

    Attributes
    ----------
    png
        200 pixels an inch.
    svg
        The same as a drawing, words as outlines; None of more than `MOST_VECTOR` sites
        or `MOST_POINTS` corners.
    title, alt
        What it is called, and what is to be seen.
    legend
        The words of its legend, in order: what is drawn, and nothing else.
    notes
        The sentences below it.
    scale
        Denominator.
    lost
        Signs that the typeface lacks; a sentence in `notes` tells of them.
    width_mm
        Of the sheet.
    """

    png: bytes
    svg: bytes | None
    title: str
    alt: str
    legend: tuple[str, ...]
    notes: tuple[str, ...]
    scale: float
    lost: tuple[str, ...]
    width_mm: float

    def figure(self) -> PrintedFigure:
        """Return it as a figure of a printed report."""
        return PrintedFigure(self.png, self.title, self.alt, self.width_mm, self.svg)


@dataclass(frozen=True)
class MapMaker:
    """Makes the maps of a review; its layers are indexed once.

    Attributes
    ----------
    content
        The review.
    lang
        Language of the words.
    sheet
        One of `spatial.report.map_frame.SHEETS`.
    fonts
        Folder with the typeface; None: those of the machine.
    vector
        Whether an SVG is made too.
    """

    content: ReviewContent
    lang: Lang = "zh"
    sheet: str = "figure"
    fonts: Path | None = None
    vector: bool = True
    _atlas: Atlas = field(init=False, repr=False)

    def __post_init__(self) -> None:
        """Refuse a sheet that nobody knows."""
        if self.sheet not in SHEETS:
            raise UnknownKindError(what="sheet", name=self.sheet, known=list(SHEETS))
        object.__setattr__(self, "_atlas", Atlas(self.content))

    @cached_property
    def _face(self) -> MapFace:
        return map_face(self.fonts)

    def of_site(self, site: SiteRecord) -> StaticMap | None:
        """Return the map of a site; None where it has no geometry.

        Raises
        ------
        ExtraMissingError
            matplotlib is not installed (extra ``report``).
        FontMissingError
            There is no Chinese typeface.
        """
        if site.geometry is None:
            return None
        return self._made(site)

    def of_all(self) -> StaticMap | None:
        """Return the map of all sites; None where none has a geometry.

        Raises
        ------
        ExtraMissingError, FontMissingError
            As for `of_site`.
        """
        if all(one.geometry is None for one in self.content.sites):
            return None
        return self._made(None)

    def _made(self, site: SiteRecord | None) -> StaticMap:
        """Draw a map; again where signs are lacking, for then it has a line more."""
        from spatial.report.map_page import MapPage  # noqa: PLC0415  loads matplotlib
        from spatial.report.map_pen import Pen  # noqa: PLC0415

        face, sheet = self._face, SHEETS[self.sheet]
        lost: tuple[str, ...] = ()
        with _own_settings():
            while True:
                pen = Pen(face, sheet.text_pt, self.lang)
                page = MapPage(self.content, self._atlas, site, sheet, pen, lost)
                legend = page.draw()
                if set(lost) >= pen.lost:
                    break
                lost = tuple(sorted(pen.lost))
            few = _is_small(page.on)
            png = _saved(page.figure, "png")
            svg = _saved(page.figure, "svg") if self.vector and few else None
        return StaticMap(
            png=png,
            svg=svg,
            title=page.title,
            alt=page.alt,
            legend=tuple(one.text for one in legend),
            notes=page.notes,
            scale=page.on.frame.scale,
            lost=lost,
            width_mm=sheet.width_mm,
        )


def _is_small(on: OnMap) -> bool:
    """Whether a map can be drawn as SVG too."""
    corners = sum(shapely.get_num_coordinates(one.shapes).sum() for one in on.zones)
    sites = sum(len(one) for one in on.sites.values())
    return bool(sites <= MOST_VECTOR and corners <= MOST_POINTS)


@contextmanager
def _own_settings() -> Iterator[None]:
    """Draw by matplotlib's own settings, not by those of the machine or the caller."""
    import matplotlib as mpl  # noqa: PLC0415  an extra, slow to load

    with mpl.rc_context():
        mpl.rcdefaults()
        mpl.rcParams["svg.hashsalt"] = _SALT
        mpl.rcParams["svg.fonttype"] = "path"
        mpl.rcParams["hatch.linewidth"] = 0.35
        yield


def _saved(figure: Figure, form: Literal["png", "svg"]) -> bytes:
    """Return a figure as a file without clock and program."""
    sink = io.BytesIO()
    metadata: dict[str, Any] = (
        {"Software": None} if form == "png" else {"Date": None, "Creator": None}
    )
    figure.savefig(sink, format=form, metadata=metadata)
    return sink.getvalue()


def review_figures(
    content: ReviewContent,
    lang: Lang = "zh",
    *,
    fonts: Path | None = None,
    most_sites: int = 20,
) -> Mapping[str, PrintedFigure]:
    """Return the maps that a printed report holds.

    Parameters
    ----------
    content
        The review.
    lang, fonts
        As for `MapMaker`.
    most_sites
        Of a run with more sites there is the map of all sites alone.

    Returns
    -------
    mapping
        Figures by id of the site, the map of all under ``""`` where there is more
        than one site; as `spatial.report.paper.review_document` takes them. Sites
        without a geometry have none.
    """
    maker = MapMaker(content, lang, fonts=fonts)
    made: dict[str, StaticMap | None] = {}
    if len(content.sites) != 1:
        made[""] = maker.of_all()
    if len(content.sites) <= most_sites:
        made |= {one.site_id: maker.of_site(one) for one in content.sites}
    return {key: one.figure() for key, one in made.items() if one is not None}
