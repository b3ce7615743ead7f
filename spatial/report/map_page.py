"""A sheet with a static map: the map, its panel, the notes below it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle

from spatial.report.map_face import wrapped
from spatial.report.map_ink import draw_map
from spatial.report.map_panel import inset, write_legend
from spatial.report.map_pen import INK, MM_PT
from spatial.report.map_shapes import SMALLEST_MM
from spatial.report.words import pick, say, visible

if TYPE_CHECKING:
    from collections.abc import Iterator

    from matplotlib.axes import Axes

    from spatial.report.content import LayerRecord, ReviewContent, SiteRecord
    from spatial.report.map_frame import Sheet
    from spatial.report.map_pen import Entry, Pen
    from spatial.report.map_shapes import Atlas, OnMap

    Box = tuple[float, float, float, float]

DPI = 200
_MM_IN = 25.4
_GUTTER_MM, _GAP_MM, _TITLE_MM = 4.2, 2.0, 11.0
_LINE = 1.42  # height of a line, of the size of its words
_NOTE_LESS_PT, _TITLE_MORE_PT = 1.1, 6.0
_INSET_SHARE, _INSET_SHARE_BELOW = 0.36, 0.3
"""Of the panel's height where it stands beside the map, of its width below it."""


class MapPage:
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

        self.content, self.atlas, self.sheet, self.pen = content, atlas, sheet, pen
        self.lang, self.lost, self.site = pen.lang, lost, site
        size = sheet.width_mm / _MM_IN, sheet.height_mm / _MM_IN
        self.figure = Figure(figsize=size, dpi=DPI, facecolor="white")
        FigureCanvasAgg(self.figure)
        self.page = self._axes((0.0, 0.0, sheet.width_mm, sheet.height_mm))
        self.page.set(xlim=(0, sheet.width_mm), ylim=(0, sheet.height_mm))
        self.page.axis("off")
        self.notes: tuple[str, ...] = ()

    def _axes(self, box: Box) -> Axes:
        """Return axes at (left, bottom, width, height) in millimetres."""
        wide, high = self.sheet.width_mm, self.sheet.height_mm
        left, bottom, width, height = box
        return self.figure.add_axes(
            (left / wide, bottom / high, width / wide, height / high)
        )

    def draw(self) -> list[Entry]:
        """Draw everything; return the legend."""
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

    def _boxes(self, notes_mm: float) -> tuple[Box, Box]:
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
        unplaced = sum(one.geometry is None for one in self.content.sites)
        if self.site is None and unplaced:
            yield say("map_sheet.unplaced", lang, count=unplaced)
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
        return self._note_pt / MM_PT * _LINE

    def _lines(self) -> list[str]:
        """Return the notes as lines as broad as the sheet."""
        wide = self.sheet.width_mm - 2 * (self.sheet.margin_mm + _GAP_MM)
        text = " ".join(self.notes) if self.lang == "en" else "".join(self.notes)
        return wrapped(text, wide / (self._note_pt / MM_PT))

    def _write_notes(self, lines: list[str], edge: float) -> None:
        top = edge + _GAP_MM + len(lines) * self._note_mm
        for place, line in enumerate(lines):
            at = edge + _GAP_MM, top - place * self._note_mm
            self.pen.write(
                self.page, at, line, size=self._note_pt, va="top", color="#333333"
            )

    def _neat_line(self, edge: float) -> None:

        wide, high = self.sheet.width_mm - 2 * edge, self.sheet.height_mm - 2 * edge
        self.page.add_patch(
            Rectangle((edge, edge), wide, high, fill=False, edgecolor=INK,
                      linewidth=1.0)
        )  # fmt: skip

    def _heading(self, edge: float) -> None:
        most = (self.sheet.width_mm - 4 * edge) / (
            (self.sheet.text_pt + _TITLE_MORE_PT) / MM_PT
        )
        line, *rest = wrapped(self.title, most)
        at = self.sheet.width_mm / 2, self.sheet.height_mm - edge - _TITLE_MM / 2 - 1
        text = f"{line}…" if rest else line
        self.pen.write(
            self.page,
            at,
            text,
            size=self.sheet.text_pt + _TITLE_MORE_PT,
            ha="center",
            va="center",
        )

    def _panel(self, box: Box, legend: list[Entry]) -> None:
        """Draw inset and legend."""
        left, bottom, width, height = box
        scale = say("map_sheet.scale", self.lang, scale=_grouped(self.on.frame.scale))
        if self.sheet.is_broad:
            part = height * _INSET_SHARE
            inset_box = (left, bottom + height - part, width, part)
            legend_box, columns = (left, bottom, width, height - part), 1
        else:
            part = width * _INSET_SHARE_BELOW
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
    """Return a denominator in groups of three digits."""
    return f"{scale:,.0f}".replace(",", " ")
