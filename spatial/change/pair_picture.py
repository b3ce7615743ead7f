"""The picture of a pair, for the eye of a person: both images, and what was measured.

The same pair gives the same bytes with the same matplotlib and font.
"""

from __future__ import annotations

import io
import textwrap
from contextlib import contextmanager
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any

import numpy as np

from layers.errors import ExtraMissingError
from layers.raster import Window
from layers.text import percent
from spatial.text import TEXTS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from spatial.change.pair import PairReport
    from spatial.text import Lang

MOST_PX = 1_024
"""Along each side; of a larger pair the middle is shown."""
NATURAL = (("red", "green", "blue"), ("swir1", "nir", "red"), ("nir", "red", "green"))
"""Bands shown as red, green and blue: the first of these that a pair has."""
FONTS = (
    *("Noto Sans CJK SC", "Noto Sans CJK JP", "Source Han Sans SC"),
    *("WenQuanYi Micro Hei", "WenQuanYi Zen Hei", "Microsoft YaHei", "SimSun"),
    *("PingFang SC", "DejaVu Sans"),
)
COLOUR = {"refused": "#b2182b", "warning": "#b35806", "note": "#555555"}
MOST_DOTS = 3_000
WRAP = {"zh": 44, "en": 88}


def pair_picture(report: PairReport, lang: Lang = "zh") -> bytes:
    """Return a PNG of a pair.

    Parameters
    ----------
    report
        From `spatial.change.pair.pair`; of a refused pair too. A pair without a common
        grid gives its sentences alone.
    lang
        Language of the words. Without a Chinese font on the machine, English is used.

    Raises
    ------
    ExtraMissingError
        matplotlib is not installed.
    """
    if find_spec("matplotlib") is None:
        raise ExtraMissingError(extra="raster", needed_for="the picture of a pair")
    with _style(lang) as (plt, spoken):
        figure = plt.figure(figsize=(15, 10), dpi=100)
        try:
            _draw(figure, report, spoken)
            sink = io.BytesIO()
            figure.savefig(sink, format="png", metadata={"Software": None})
        finally:
            plt.close(figure)
    return sink.getvalue()


@contextmanager
def _style(lang: Lang) -> Iterator[tuple[Any, Lang]]:
    """Yield pyplot with a font that has the signs, and the language that it can."""
    import matplotlib as mpl  # noqa: PLC0415 - an extra, and slow to load
    from matplotlib import font_manager  # noqa: PLC0415
    from matplotlib.backends.backend_agg import FigureCanvasAgg  # noqa: PLC0415
    from matplotlib.figure import Figure  # noqa: PLC0415

    there = {one.name for one in font_manager.fontManager.ttflist}
    fonts = [one for one in FONTS if one in there]
    has_chinese = bool(set(fonts) - {"DejaVu Sans"})

    class _Canvas:
        """Figures without a window and without the caller's settings."""

        @staticmethod
        def figure(**size: Any) -> Figure:  # noqa: ANN401 - passed on
            made = Figure(**size)
            FigureCanvasAgg(made)
            return made

        @staticmethod
        def close(figure: Figure) -> None:
            figure.clear()

    with mpl.rc_context():
        mpl.rcdefaults()
        mpl.rcParams["font.sans-serif"] = fonts or ["DejaVu Sans"]
        mpl.rcParams["axes.unicode_minus"] = False
        yield _Canvas, lang if has_chinese or lang == "en" else "en"


def _draw(figure: Any, report: PairReport, lang: Lang) -> None:  # noqa: ANN401
    """Draw the six fields: two images, both as a board, shifts, lines, words."""
    fields = [figure.add_subplot(2, 3, at) for at in range(1, 7)]
    figure.subplots_adjust(0.03, 0.04, 0.985, 0.95, wspace=0.12, hspace=0.14)
    for one in fields[:4]:
        one.set_axis_off()
    if report.aligned is not None:
        _images(fields[:3], report, lang)
        _shifts(fields[3], report, lang)
        _lines(fields[4], report, lang)
    _words(fields[5], report, lang)


def _images(fields: list[Any], report: PairReport, lang: Lang) -> None:
    """Show both images with one stretch, and a board of them."""
    pair = report.aligned
    if pair is None:
        return
    shown = next((one for one in NATURAL if set(one) <= set(pair.bands)), None)
    roles = shown or (pair.bands[-1],) * 3
    high, wide = (min(MOST_PX, one) for one in pair.grid.shape)
    window = Window(
        (pair.grid.height - high) // 2, (pair.grid.width - wide) // 2, high, wide
    )
    first, second, _ = pair.read(window)
    at = [pair.bands.index(one) for one in roles]
    pictures = [_stretched(one[at]) for one in (first, second)]
    side = max(8, min(high, wide) // 8)
    rows, columns = np.indices((high, wide))
    is_first = ((rows // side + columns // side) % 2 == 0)[..., None]
    board = np.where(is_first, *pictures)
    dates = [one.date or one.year or "?" for one in (pair.before, pair.after)]
    titles = [
        TEXTS.say("change.picture_before", lang=lang, date=str(dates[0])),
        TEXTS.say("change.picture_after", lang=lang, date=str(dates[1])),
        TEXTS.say("change.picture_board", lang=lang),
    ]
    if (high, wide) != pair.grid.shape:
        size = f"{wide} x {high}"
        titles[2] += "; " + TEXTS.say("change.picture_part", lang=lang, size=size)
    for field, image, title in zip(fields, (*pictures, board), titles, strict=True):
        field.imshow(image, interpolation="nearest")
        field.set_title(f"{title}  ({', '.join(roles)})", fontsize=9)


def _stretched(values: NDArray[np.float32]) -> NDArray[np.float64]:
    """Return bands as colours: 2 % at each end are cut; grey-violet is nothing."""
    valid = np.isfinite(values).all(axis=0)
    made = np.empty((*valid.shape, 3))
    for number, band in enumerate(values):
        inside = band[valid]
        low, high = np.quantile(inside, (0.02, 0.98)) if inside.size else (0.0, 1.0)
        made[..., number] = np.clip((band - low) / max(high - low, 1e-9), 0, 1)
    made[~valid] = (0.55, 0.5, 0.6)
    return made


def _shifts(field: Any, report: PairReport, lang: Lang) -> None:  # noqa: ANN401
    """Show the shift of each tile, as measured before or after it was taken out."""
    sample, grid = report.sample, report.grid
    field.set_title(TEXTS.say("change.picture_shift", lang=lang), fontsize=9)
    if sample is None or grid is None:
        return
    field.set_axis_on()
    field.tick_params(labelsize=7)
    field.set(xlim=(0, grid.width), ylim=(grid.height, 0), aspect="equal")
    added = report.aligned.shift_px if report.aligned else (0.0, 0.0)
    scale = min(grid.shape) / 8
    for window, one in sample.of_tiles:
        x, y = window.column + window.width / 2, window.row + window.height / 2
        # in the sample the shift is taken out already: shown is the one measured
        right, down = one.columns + added[0], one.rows + added[1]
        field.annotate(
            "", (x + right * scale, y + down * scale), (x, y),
            arrowprops={"arrowstyle": "->", "color": "#2166ac"},
        )  # fmt: skip
        field.text(x, y, f"{right:.2f}, {down:.2f}", fontsize=7, ha="center", va="top")


def _lines(field: Any, report: PairReport, lang: Lang) -> None:  # noqa: ANN401
    """Show the numbers of one band in both images, and the line."""
    pair, relation, sample = report.aligned, report.relation, report.sample
    if pair is None or relation is None or sample is None or not relation.lines:
        return
    role = "red" if "red" in relation.lines else next(iter(relation.lines))
    first, second = (one[pair.bands.index(role)] for one in sample.pixels())
    step = max(1, len(first) // MOST_DOTS)
    field.plot(first[::step], second[::step], ".", ms=2, color="#888888", alpha=0.5)
    field.set_title(TEXTS.say("change.picture_lines", lang=lang, role=role), fontsize=9)
    line = relation.lines[role]
    if np.isfinite(line.gain) and len(first):
        ends = np.quantile(first, (0.001, 0.999))
        field.plot(ends, line.gain * ends + line.bias, color="#b2182b", lw=1)
        field.plot(ends, ends, color="#2166ac", lw=0.8, ls=":")
    field.tick_params(labelsize=7)


def _words(field: Any, report: PairReport, lang: Lang) -> None:  # noqa: ANN401
    """Write the verdict, the numbers and the doubts."""
    field.set_axis_off()
    field.set(xlim=(0, 1), ylim=(0, 1))
    colour = {"usable": "#1a7837", "refused": COLOUR["refused"]}.get(
        report.status, COLOUR["warning"]
    )
    verdict = TEXTS.say(f"change.status_{report.status}", lang=lang)
    field.text(0, 0.99, verdict, fontsize=13, color=colour, va="top")
    at = 0.92
    for text, shade in (*_numbers(report, lang), *_doubts(report, lang)):
        lines = textwrap.wrap(text, WRAP[lang])
        field.text(0, at, "\n".join(lines), fontsize=8, color=shade, va="top")
        at -= 0.034 * len(lines) + 0.012


def _numbers(report: PairReport, lang: Lang) -> list[tuple[str, str]]:
    """Return the sentence of the numbers, where there are any."""
    if report.sample is None or report.relation is None:
        return []
    shift, left = report.shift_px, report.residual_px
    said = TEXTS.say(
        "change.picture_numbers", lang=lang,
        columns=f"{shift[0]:.2f}", rows=f"{shift[1]:.2f}",
        left_columns=f"{left[0]:.2f}", left_rows=f"{left[1]:.2f}",
        unchanged=percent(report.relation.unchanged, decimals=0),
        valid=percent(report.sample.valid, decimals=1),
    )  # fmt: skip
    return [(said, "#111111")]


def _doubts(report: PairReport, lang: Lang) -> list[tuple[str, str]]:
    """Return the doubts as sentences with their colours."""
    found = []
    for one in report.doubts:
        kind = TEXTS.say(f"change.severity_{one.severity}", lang=lang)
        sentence = TEXTS.render(one.message, lang)
        found.append((f"{kind}: {sentence}", COLOUR[one.severity]))
    return found
