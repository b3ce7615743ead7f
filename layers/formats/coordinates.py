"""Angles as people write them: degrees, minutes, seconds, hemispheres.

A small strict grammar. What fits it in two ways, or in none, is refused: a dash
between two numbers may be a range, ``30 15 20s`` may be seconds or south, and a
coordinate that was guessed is worse than none.
"""

from __future__ import annotations

import math
import re
import unicodedata
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import numpy as np

from layers.errors import InputRefusedError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

Axis = Literal["lon", "lat"]

LIMIT: Mapping[Axis, float] = {"lon": 180.0, "lat": 90.0}
AXIS_NAME: Mapping[Axis, str] = {"lon": "a longitude", "lat": "a latitude"}
SIXTY = 60.0
SHOWN = 40
LONGEST = 80
# NFKC would tear the ring above from its place and double the primes: these first.
SIGNS = str.maketrans(
    {
        **dict.fromkeys("\u2032\u2018\u2019\u02b9\u00b4`\uff07\u02bc\u02ca", "'"),
        **dict.fromkeys("\u2033\u201c\u201d\u02ba\uff02\u3003\u02dd", '"'),
        **dict.fromkeys("\u02da\u00ba\u2218\u309c\u2070\u25e6", "°"),
        **dict.fromkeys("\u2212\u2010\u2011\u2012\u2013\u2014\uff0d\ufe63", "-"),
        "\u2236": ":",
    }
)
NUMBER = r"(?:\d+(?:\.\d*)?|\.\d+)"
DEGREE = r"(?:°|度|degrees?|deg|[dD])"
MINUTE = r"(?:'|分|minutes?|min|[mM])"
SECOND = r"(?:\"|秒|seconds?|sec|[sS])"
WHOLE_MINUTES = rf"(?P<d>\d+)\s*{DEGREE}\s*(?P<m>\d+)"
BODIES = (
    re.compile(rf"(?P<d>{NUMBER})\s*{DEGREE}?"),
    re.compile(rf"(?P<d>\d+)\s*{DEGREE}\s*(?P<m>{NUMBER})\s*{MINUTE}?"),
    re.compile(rf"{WHOLE_MINUTES}(?:\s*{MINUTE}\s*|\s+)(?P<s>{NUMBER})\s*{SECOND}?"),
    # surveyors' 29".5: the mark stands over the decimal point
    re.compile(rf"{WHOLE_MINUTES}\s*{MINUTE}\s*(?P<s>\d+)\"(?P<f>\.\d+)"),
    re.compile(rf"(?P<d>\d+)\s*:\s*(?P<m>{NUMBER})"),
    re.compile(rf"(?P<d>\d+)\s*:\s*(?P<m>\d+)\s*:\s*(?P<s>{NUMBER})"),
    re.compile(rf"(?P<d>\d+)\s+(?P<m>{NUMBER})"),
    re.compile(rf"(?P<d>\d+)\s+(?P<m>\d+)\s+(?P<s>{NUMBER})\s*(?:\"|秒|s)?"),
)
HEMISPHERES: Mapping[str, tuple[Axis, int]] = {
    **dict.fromkeys(("e", "east", "东经", "東經", "东", "東"), ("lon", 1)),
    **dict.fromkeys(("w", "west", "西经", "西經", "西"), ("lon", -1)),
    **dict.fromkeys(("n", "north", "北纬", "北緯", "北"), ("lat", 1)),
    **dict.fromkeys(("s", "south", "南纬", "南緯", "南"), ("lat", -1)),
}
LABELS: Mapping[str, Axis] = {
    **dict.fromkeys(("longitude", "long", "lon", "lng", "经度", "經度"), "lon"),
    **dict.fromkeys(("latitude", "lat", "纬度", "緯度"), "lat"),
}


def one_of(words: Mapping[str, object]) -> str:
    """Return a pattern for any of some words, the longest first."""
    return "(?:" + "|".join(sorted(words, key=len, reverse=True)) + ")"


HEMISPHERE = rf"(?i:{one_of(HEMISPHERES)})(?![a-zA-Z])"
LABEL = rf"(?i:{one_of(LABELS)})(?![a-zA-Z])"
WHOLE = re.compile(
    rf"(?:(?P<label>{LABEL})\s*[:=]?\s*)?(?:(?P<before>{HEMISPHERE})\s*[:=]?\s*)?"
    rf"(?P<sign>[-+])?\s*(?P<body>[\d.].*)"
)
AFTER = re.compile(rf"(?P<body>.*?[^a-zA-Z])\s*(?P<after>{HEMISPHERE})")
SECOND_LETTERS = re.compile(r"\d+\s*d\s*\d+\s*m\s*[\d.]+\s*s")
DASHED = re.compile(r"\d\s*-\s*\d")
PACKED = re.compile(r"(\d{1,3})(\d\d)(\d\d(?:\.\d*)?)")
PLAIN = re.compile(r"[-+]?(?:\d+(?:\.\d*)?|\.\d+)")


@dataclass(frozen=True, slots=True)
class Angle:
    """One angle as read.

    Attributes
    ----------
    degrees
        West and south are negative.
    axis
        What a hemisphere or label says it is, or None.
    """

    degrees: float
    axis: Axis | None


@dataclass(frozen=True, slots=True)
class Angles:
    """A column of angles.

    Attributes
    ----------
    degrees
        NaN where a cell is empty or cannot be read.
    faults
        Why, by position, for every cell that is not empty and could not be read.
    """

    degrees: NDArray[np.float64]
    faults: Mapping[int, InputRefusedError]


def normal(text: str) -> str:
    r"""Return a text with half-width digits, plain marks, and no blanks around it.

    Examples
    --------
    >>> normal("116º23′29″；")
    '116°23\'29"'
    """
    plain = unicodedata.normalize("NFKC", text.translate(SIGNS)).translate(SIGNS)
    return plain.replace("''", '"').strip(" \t\r\n,;、。")


def parse_angle(text: str, *, axis: Axis, packed: bool = False) -> float:
    """Return an angle in degrees.

    Parameters
    ----------
    text
        Degrees, degrees and minutes, or degrees, minutes and seconds, with marks
        (``°′″``, 度分秒, ``d m s``), colons or blanks between them; with a hemisphere
        (``E``, 东经, 西经, 南纬 ...) before or after, or a sign. Width of characters
        does not matter.
    axis
        What it must be: ``lon`` or ``lat``.
    packed
        Whether a bare number is ``DDDMMSS.s``. Never assumed: 1162329.5 may as well
        be metres.

    Returns
    -------
    float
        In [-180, 180] or [-90, 90]; west and south are negative.

    Raises
    ------
    InputRefusedError
        It cannot be read, can be read in two ways, has minutes or seconds of 60 or
        more, lies beyond the axis, or its hemisphere belongs to the other axis.

    Examples
    --------
    >>> parse_angle("西经116度30分", axis="lon"), parse_angle("39:54:00", axis="lat")
    (-116.5, 39.9)
    >>> parse_angle("1163000", axis="lon", packed=True)
    116.5
    """
    return on_axis(read_angle(text, packed=packed), axis, text)


def on_axis(angle: Angle, axis: Axis, text: str) -> float:
    """Return the degrees of an angle that must lie on an axis."""
    if angle.axis not in (None, axis):
        raise _refuse(text, AXIS_NAME[axis], "the hemisphere of the other axis")
    if abs(angle.degrees) > LIMIT[axis]:
        whole = text.strip()
        todo = "correct it"
        if PLAIN.fullmatch(normal(whole)):
            todo = (
                "metres need a projected reference system; degrees, minutes and "
                "seconds without marks must be declared (a heading 经度(度分秒))"
            )
        got = f"{angle.degrees:.10g} degrees"
        limit = f"{AXIS_NAME[axis]} within {LIMIT[axis]:g} degrees"
        raise _refuse(text, limit, got, todo)
    return angle.degrees


def read_angle(text: str, *, packed: bool = False) -> Angle:
    """Return an angle and the axis that it names itself; see `parse_angle`."""
    plain = normal(text[: LONGEST + 1])
    if len(text) > LONGEST:
        raise _refuse(text, "an angle", f"{len(text)} characters")
    if DASHED.search(plain):
        raise _refuse(
            text,
            "an angle",
            "two readings: degrees-minutes-seconds, or a range",
            "write 116°23′29.5″",
        )
    found = WHOLE.fullmatch(plain)
    if found is None:
        raise _refuse(text, "an angle such as 116°23′29.5″", "something else")
    label, before, sign, body = found.group("label", "before", "sign", "body")
    readings = {
        Angle(_signed(size, sign, (before, after), text), _axis(label, mark, text))
        for core, after in _cores(body)
        for mark in [before or after]
        for size in _sizes(core, text, packed=packed)
    }
    if len(readings) == 1:
        return readings.pop()
    if not readings:
        raise _refuse(text, "an angle such as 116°23′29.5″", "something else")
    both = " or ".join(f"{one.degrees:.8g}" for one in sorted(readings, key=_degrees))
    raise _refuse(text, "an angle", f"two readings: {both} degrees", "write it in full")


def _degrees(angle: Angle) -> float:
    return angle.degrees


def _cores(body: str) -> list[tuple[str, str | None]]:
    """Return the ways to take a hemisphere off the end of a text."""
    after = AFTER.fullmatch(body)
    whole: list[tuple[str, str | None]] = [(body, None)]
    if after is None or SECOND_LETTERS.fullmatch(body):
        return whole
    return [*whole, (after["body"].strip(), after["after"])]


def _sizes(core: str, text: str, *, packed: bool) -> set[float]:
    """Return the sizes that a text without sign and hemisphere can have."""
    if packed and PLAIN.fullmatch(core):
        return {_packed(core, text)}
    sizes = set()
    for pattern in BODIES:
        found = pattern.fullmatch(core)
        if found:
            parts = {"m": "0", "s": "0", "f": "", **found.groupdict()}
            seconds = float(f"{parts['s']}{parts['f']}")
            sizes.add(_sum(float(parts["d"]), float(parts["m"]), seconds, text))
    return sizes


def _sum(degrees: float, minutes: float, seconds: float, text: str) -> float:
    """Add the parts; sixtieths must be less than sixty."""
    for value, unit in ((minutes, "minutes"), (seconds, "seconds")):
        if value >= SIXTY:
            raise _refuse(text, f"{unit} below 60", f"{value:g} {unit}")
    return degrees + minutes / SIXTY + seconds / (SIXTY * SIXTY)


def _packed(core: str, text: str) -> float:
    """Read DDDMMSS.s."""
    found = PACKED.fullmatch(core)
    if found is None:
        raise _refuse(
            text,
            "degrees, minutes and seconds in one number (DDDMMSS.s)",
            core,
            "write 1162329.5 for 116°23′29.5″",
        )
    degrees, minutes, seconds = (float(one) for one in found.groups())
    return _sum(degrees, minutes, seconds, text)


def _signed(
    size: float, sign: str | None, marks: tuple[str | None, str | None], text: str
) -> float:
    """Give a size its sign: from a hemisphere or from + and -, never from both."""
    ways = {HEMISPHERES[one.casefold()] for one in marks if one}
    if len(ways) > 1:
        raise _refuse(text, "one hemisphere", "two that contradict each other")
    turned = next(iter(ways))[1] if ways else 1
    if ways and (sign == "-" or (sign == "+" and turned < 0)):
        raise _refuse(
            text, "a sign or a hemisphere", "both, which can be read in two ways"
        )
    # 0.0 is added so that no angle is minus zero
    return (-size if sign == "-" or turned < 0 else size) + 0.0


def _axis(label: str | None, mark: str | None, text: str) -> Axis | None:
    """Return the axis that a label or a hemisphere names."""
    named = {LABELS[label.casefold()]} if label else set()
    named |= {HEMISPHERES[mark.casefold()][0]} if mark else set()
    if len(named) > 1:
        raise _refuse(text, "one axis", "a label and a hemisphere of different axes")
    return next(iter(named), None)


def _refuse(
    text: str, expected: str, got: str, todo: str = "correct it"
) -> InputRefusedError:
    shown = text if len(text) <= SHOWN else f"{text[:SHOWN]}…"
    return InputRefusedError(source=f"“{shown}”", expected=expected, got=got, todo=todo)


# -- columns ---------------------------------------------------------------


def is_blank(cell: object) -> bool:
    """Whether a cell holds nothing: None, NaN or blanks."""
    if cell is None or (isinstance(cell, float) and math.isnan(cell)):
        return True
    return isinstance(cell, str) and not cell.strip()


def plain_numbers(cells: Sequence[object]) -> NDArray[np.float64]:
    """Return the cells that are plain numbers; NaN for all others.

    Plain is a number cell, or a text of digits with at most a sign and a point. A
    power of ten (``4.39E+06``) is what a spreadsheet has rounded: not plain.
    """
    values = np.full(len(cells), np.nan)
    for at, cell in enumerate(cells):
        if isinstance(cell, str):
            text = cell if cell.isascii() else normal(cell)
            if PLAIN.fullmatch(text.strip()):
                values[at] = float(text)
        elif isinstance(cell, int | float | np.number) and not isinstance(cell, bool):
            values[at] = float(cell)
    return values


def parse_angles(
    cells: Sequence[object], *, axis: Axis, packed: bool = False
) -> Angles:
    """Return a column of angles, each distinct spelling parsed once.

    Parameters
    ----------
    cells
        Texts, numbers (degrees, or ``DDDMMSS.s`` when `packed`), None.
    axis, packed
        As for `parse_angle`.

    Returns
    -------
    Angles
        One bad cell costs that cell alone.

    Examples
    --------
    >>> read = parse_angles(["E116°30′", 116.25, None, "116°61′"], axis="lon")
    >>> read.degrees.tolist(), sorted(read.faults)
    ([116.5, 116.25, nan, nan], [3])
    """
    known: dict[str, float | InputRefusedError] = {}
    degrees = np.full(len(cells), np.nan)
    faults: dict[int, InputRefusedError] = {}
    for at, cell in enumerate(cells):
        if is_blank(cell):
            continue
        text = _spelled(cell)
        if text not in known:
            known[text] = _tried(text, cell, axis=axis, packed=packed)
        value = known[text]
        if isinstance(value, InputRefusedError):
            faults[at] = value
        else:
            degrees[at] = value
    return Angles(degrees, faults)


def _spelled(cell: object) -> str:
    """Return a cell as text; a number without exponent."""
    if isinstance(cell, float | np.floating) and math.isfinite(cell):
        return np.format_float_positional(float(cell), trim="-")
    return str(cell)


def _tried(
    text: str, cell: object, *, axis: Axis, packed: bool
) -> float | InputRefusedError:
    """Return the angle, or the reason why there is none."""
    if isinstance(cell, bool) or not isinstance(cell, str | int | float | np.number):
        return _refuse(
            text,
            AXIS_NAME[axis],
            f"a cell of type {type(cell).__name__}",
            "a spreadsheet takes 116:23:29 for a time: type it as text",
        )
    try:
        return parse_angle(text, axis=axis, packed=packed)
    except InputRefusedError as error:
        return error
