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

from layers.errors import UnknownKindError
from spatial.report.blocks import Figure as PrintedFigure
from spatial.report.map_face import map_face, wrapped
from spatial.report.map_frame import SHEETS
from spatial.report.map_shapes import SMALLEST_MM, Atlas
from spatial.report.words import pick, say, visible

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from spatial.report.content import LayerRecord, ReviewContent, SiteRecord
    from spatial.report.map_face import MapFace
    from spatial.report.map_frame import Sheet
    from spatial.report.map_ink import Entry, Pen
    from spatial.report.map_shapes import OnMap
    from spatial.text import Lang

DPI = 200
MOST_VECTOR = 2_000
"""Sites on a map that is also drawn as SVG; of more the file would be too large."""
_MM_IN, _MM_PT = 25.4, 72 / 25.4
_GUTTER_MM, _GAP_MM, _TITLE_MM = 4.2, 2.0, 11.0
_LINE = 1.42  # height of a line, of the size of its words
_NOTE_LESS_PT = 1.1
_INSET_SHARE = 0.36  # of the panel's height, where it stands beside the map
_SALT = "ecoredline"


@dataclass(frozen=True, slots=True)
class StaticMap:
    """A finished map.

    Attributes
    ----------
    png
        200 pixels an inch.
    svg
        The same as a drawing, words as outlines; None of more than `MOST_VECTOR` sites.
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
        from spatial.report.map_ink import Pen  # noqa: PLC0415  loads matplotlib

        face, sheet = self._face, SHEETS[self.sheet]
        lost: tuple[str, ...] = ()
        with _own_settings():
            while True:
                pen = Pen(face, sheet.text_pt, self.lang)
                page = _Page(self.content, self._atlas, site, sheet, pen, lost)
                legend = page.draw()
                if set(lost) >= pen.lost:
                    break
                lost = tuple(sorted(pen.lost))
            vector = self.vector and len(self.content.sites) <= MOST_VECTOR
            png, svg = (
                _saved(page.figure, "png"),
                _saved(page.figure, "svg") if vector or site is not None else None,
            )
        return StaticMap(
            png=png,
            svg=svg if self.vector else None,
            title=page.title,
            alt=page.alt,
            legend=tuple(one.text for one in legend),
            notes=page.notes,
            scale=page.on.frame.scale,
            lost=lost,
            width_mm=sheet.width_mm,
        )


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
    figure.savefig(sink, format=form, dpi=DPI, metadata=metadata)
    return sink.getvalue()


class _Page:
    """A sheet with map, legend, inset and notes."""

    def __init__(  # noqa: PLR0917  of one caller
        self,
        content: ReviewContent,
        atlas: Atlas,
        site: SiteRecord | None,
        sheet: Sheet,
        pen: Pen,
        lost: tuple[str, ...],
    ) -> None:
        from matplotlib.backends.backend_agg import FigureCanvasAgg  # noqa: PLC0415
        from matplotlib.figure import Figure  # noqa: PLC0415

        self.content, self.atlas, self.sheet, self.pen = content, atlas, sheet, pen
        self.lang, self.lost, self.site = pen.lang, lost, site
        size = sheet.width_mm / _MM_IN, sheet.height_mm / _MM_IN
        self.figure = Figure(figsize=size, dpi=DPI, facecolor="white")
        FigureCanvasAgg(self.figure)
        self.page = self._axes((0.0, 0.0, sheet.width_mm, sheet.height_mm))
        self.page.set(xlim=(0, sheet.width_mm), ylim=(0, sheet.height_mm))
        self.page.axis("off")
        self.notes: tuple[str, ...] = ()

    def _axes(self, box: tuple[float, float, float, float]) -> Axes:
        """Return axes at (left, bottom, width, height) in millimetres."""
        wide, high = self.sheet.width_mm, self.sheet.height_mm
        left, bottom, width, height = box
        return self.figure.add_axes(
            (left / wide, bottom / high, width / wide, height / high)
        )

    def draw(self) -> list[Entry]:
        """Draw everything; return the legend."""
        from spatial.report.map_ink import draw_map  # noqa: PLC0415

        sheet = self.sheet
        edge = sheet.margin_mm
        # what the notes say depends on the map, and its height on them: the map is
        # laid out first without notes, which change neither layers nor projection
        notes_mm = 0.0
        for _ in range(2):
            map_box, panel_box = self._boxes(notes_mm)
            self.on = self._on_map(map_box[2], map_box[3])
            self.notes = tuple(self._sentences())
            lines = self._lines()
            notes_mm = len(lines) * self._note_mm + _GAP_MM
        axes = self._axes(map_box)
        legend = draw_map(axes, self.on, self.pen)
        self._neat_line(edge)
        if sheet.titled:
            self._heading(edge)
        self._write_notes(lines, edge)
        self._panel(panel_box, legend)
        return legend

    def _boxes(
        self, notes_mm: float
    ) -> tuple[tuple[float, float, float, float], tuple[float, float, float, float]]:
        """Return where map and panel stand: left, bottom, width, height."""
        sheet, gap = self.sheet, _GAP_MM
        edge = sheet.margin_mm + gap
        top = sheet.height_mm - edge - (_TITLE_MM if sheet.titled else 0.0)
        bottom = edge + notes_mm
        right = sheet.width_mm - edge
        if sheet.is_broad:
            map_right = right - sheet.panel_mm - gap
            panel = (map_right + gap, bottom, sheet.panel_mm, top - bottom)
            map_bottom = bottom
        else:
            map_right = right
            panel = (edge, bottom, right - edge, sheet.panel_mm)
            map_bottom = bottom + sheet.panel_mm + gap
        left = edge + _GUTTER_MM
        low = map_bottom + _GUTTER_MM
        width = map_right - _GUTTER_MM - left
        return (left, low, width, top - _GUTTER_MM - low), panel

    def _on_map(self, width_mm: float, height_mm: float) -> OnMap:
        if self.site is not None:
            return self.atlas.of_site(self.site, width_mm=width_mm, height_mm=height_mm)
        on = self.atlas.of_all(width_mm=width_mm, height_mm=height_mm)
        if on is None:
            msg = "no site has a geometry: nothing can be drawn"
            raise ValueError(msg)
        return on

    # -- words ---------------------------------------------------------------------

    @property
    def _name(self) -> str:
        return visible(self.on.label)

    @property
    def title(self) -> str:
        """What the map is called."""
        if self.site is None:
            return say("map_sheet.title_all", self.lang)
        return say("map_sheet.title", self.lang, site=self._name)

    @property
    def alt(self) -> str:
        """What is to be seen."""
        scale = _grouped(self.on.frame.scale)
        if self.site is None:
            return say("map_sheet.alt_all", self.lang, scale=scale)
        return say("map_sheet.alt", self.lang, site=self._name, scale=scale)

    def _sentences(self) -> Iterator[str]:
        lang = self.lang
        yield say("map_sheet.sketch", lang)
        yield from map(visible, self.content.notices)
        if not self.on.zones:
            yield say("map_sheet.nothing", lang)
        unseen = dict.fromkeys(self._why(one) for one in self.atlas.unseen)
        if unseen:
            layers = say("value_join", lang).join(unseen)
            yield say("map_sheet.left_out", lang, layers=layers)
        yield from self._sources()
        if self.on.small:
            yield say(
                "map_sheet.small", lang, least=f"{SMALLEST_MM:g}", count=self.on.small
            )
        yield self._projected()
        yield say(
            "map_sheet.run",
            lang,
            on=self.content.on.isoformat(),
            run_id=self.content.run_id,
        )
        if self.lost:
            signs = " ".join(f"U+{ord(one):04X}" for one in self.lost)
            stand_in, _ = self.pen.face.shown(self.lost[0])
            yield say("map_sheet.lost", lang, sign=stand_in, signs=signs)

    def _why(self, record: LayerRecord) -> str:
        status = say(f"layer_status.{record.status}", self.lang)
        title = pick(record.title, self.lang)
        return say("map_sheet.why", self.lang, title=title, status=status)

    def _sources(self) -> Iterator[str]:
        """Yield layers, editions and coverages; those that share both together."""
        unstated = say("map_sheet.unstated", self.lang)
        shared: dict[tuple[str, str], dict[str, None]] = {}
        for one in (record for zones in self.on.zones for record in zones.records):
            layer: Any = one.layer
            covered = layer.coverage.stated if layer.coverage else unstated
            key = layer.provenance.edition or unstated, covered
            shared.setdefault(key, {})[pick(one.title, self.lang)] = None
        for (edition, covered), titles in shared.items():
            yield say(
                "map_sheet.source",
                self.lang,
                layers=say("value_join", self.lang).join(titles),
                edition=visible(edition),
                coverage=visible(covered),
            )

    def _projected(self) -> str:
        how = self.on.frame.projection
        meridian = f"{how.meridian:g}"
        if how.is_conic:
            return say("map_sheet.conic", self.lang, meridian=meridian)
        if how.epsg is None:
            return say("map_sheet.gauss_local", self.lang, meridian=meridian)
        epsg = str(how.epsg)
        return say("map_sheet.gauss", self.lang, meridian=meridian, epsg=epsg)

    # -- furniture -------------------------------------------------------------------

    @property
    def _note_pt(self) -> float:
        return self.sheet.text_pt - _NOTE_LESS_PT

    @property
    def _note_mm(self) -> float:
        return self._note_pt / _MM_PT * _LINE

    def _lines(self) -> list[str]:
        """Return the notes as lines as broad as the sheet."""
        wide = self.sheet.width_mm - 2 * (self.sheet.margin_mm + _GAP_MM)
        text = " ".join(self.notes) if self.lang == "en" else "".join(self.notes)
        return wrapped(text, wide / (self._note_pt / _MM_PT))

    def _write_notes(self, lines: list[str], edge: float) -> None:
        top = edge + _GAP_MM + len(lines) * self._note_mm
        for place, line in enumerate(lines):
            at = edge + _GAP_MM, top - place * self._note_mm
            self.pen.write(
                self.page, at, line, size=self._note_pt, va="top", color="#333333"
            )

    def _neat_line(self, edge: float) -> None:
        from matplotlib.patches import Rectangle  # noqa: PLC0415

        wide, high = self.sheet.width_mm - 2 * edge, self.sheet.height_mm - 2 * edge
        self.page.add_patch(
            Rectangle((edge, edge), wide, high, fill=False, edgecolor="#111111",
                      linewidth=1.0)
        )  # fmt: skip

    def _heading(self, edge: float) -> None:
        most = (self.sheet.width_mm - 4 * edge) / ((self.sheet.text_pt + 6) / _MM_PT)
        line, *rest = wrapped(self.title, most)
        at = self.sheet.width_mm / 2, self.sheet.height_mm - edge - _TITLE_MM / 2 - 1
        text = f"{line}…" if rest else line
        self.pen.write(
            self.page, at, text, size=self.sheet.text_pt + 6, ha="center", va="center"
        )

    def _panel(
        self, box: tuple[float, float, float, float], legend: list[Entry]
    ) -> None:
        """Draw inset and legend."""
        from spatial.report.map_panel import inset, write_legend  # noqa: PLC0415

        left, bottom, width, height = box
        scale = say("map_sheet.scale", self.lang, scale=_grouped(self.on.frame.scale))
        if self.sheet.is_broad:
            part = height * _INSET_SHARE
            inset_box = (left, bottom + height - part, width, part)
            legend_box, columns = (left, bottom, width, height - part), 1
        else:
            part = width * 0.3
            inset_box = (left + width - part, bottom, part, height)
            legend_box, columns = (left, bottom, width - part - _GAP_MM, height), 2
        has_inset = inset(
            self._axes, self.page, inset_box, self.content, self.on, self.pen
        )
        if not has_inset:
            legend_box = box
        write_legend(
            self.page, legend_box, legend, self.pen, scale=scale, columns=columns
        )


def _grouped(scale: float) -> str:
    return f"{scale:,.0f}".replace(",", " ")


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
