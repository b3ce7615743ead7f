"""One line of pasted text becomes pairs of coordinates, in one reading or none."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import TYPE_CHECKING

from layers.errors import InputRefusedError
from layers.formats.coordinates import (
    DEGREE,
    HEMISPHERE,
    LABEL,
    MINUTE,
    NUMBER,
    SECOND,
    Angle,
    normal,
    read_angle,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

# In running text seconds need their mark, or stand right behind the minutes: in
# ``107°30' 40°`` the 40 belongs to the next angle.
MARKS = (
    rf"{NUMBER}\s*{DEGREE}(?:\s*{NUMBER}\s*{MINUTE}"
    rf"(?:\s*{NUMBER}\s*{SECOND}(?:\.\d+)?|{NUMBER}(?!\s*{DEGREE}))?"
    rf"|\s*\d+\s+{NUMBER}\s*{SECOND}|\s*\d+(?!\S))?"
)
COLONS = rf"\d+:{NUMBER}(?::{NUMBER})?"
BARE = rf"{NUMBER}(?:\s+{NUMBER}){{0,2}}"
BODY = rf"(?:{MARKS}|{COLONS}|{BARE})"
MARKED = re.compile(
    rf"(?:{LABEL}\s*[:=]?\s*)?(?:"
    rf"(?<![a-zA-Z]){HEMISPHERE}\s*[:=]?\s*{BODY}"
    rf"|[-+]?\s*{BODY}\s*{HEMISPHERE}(?![\d.]|\s*[:=])"
    rf"|[-+]?(?:{MARKS}|{COLONS}))"
)
GAP = re.compile(r"[\s,、/|()\[\]]*")
CELLS = re.compile(r"[,\t、|]")
XY_LABEL = re.compile(r"(?:^|(?<=[\s,;、|]))[xyXY]\s*[:=]\s*")
POINT_NUMBER = re.compile(r"[^\d.+\-:°]*\d{0,6}(?:-\d{1,3})?")
NUMBERED = re.compile(
    r"(?P<label>[A-Za-z\u4e00-\u9fff]{1,6}\d{1,5}(?=\s*:)|\d{1,4}(?=\.\s))"
    r"\s*[:.]\s*(?P<rest>.+)"
)
BRACKETS = re.compile(r"[()\[\]]")
RING_NUMBER = re.compile(r"[1-9]\d?")
SMALL = re.compile(r"\d{1,6}")
PARTS = (2, 4, 6)
PAIR = 2


class PairError(ValueError):
    """Why a line holds no pairs, in words."""


@dataclass(frozen=True, slots=True)
class Pair:
    """Two coordinates in the order of the line, and what stands before them.

    Attributes
    ----------
    label, ring
        Point number as written, or ''; ring number, or None.
    first, second
        Degrees or metres; both name their axis, or neither.
    """

    label: str
    ring: int | None
    first: Angle
    second: Angle


def pairs_of(piece: str) -> list[Pair]:
    """Return the pairs of a line (or of a piece between semicolons).

    Raises
    ------
    PairError, InputRefusedError
        It holds none, can be read in two ways, or an angle is wrong.

    Examples
    --------
    >>> [(one.label, one.ring) for one in pairs_of("J1,1,4400000.5,36500000.5")]
    [('J1', 1)]
    """
    line = normal(BRACKETS.sub(" ", normal(piece)))
    numbered = NUMBERED.fullmatch(line)
    if numbered is not None:
        found = pairs_of(numbered["rest"])
        if len(found) == 1 and not found[0].label:
            return [replace(found[0], label=numbered["label"])]
    line = XY_LABEL.sub("", line)
    marked = list(MARKED.finditer(line))
    if marked:
        return _marked(line, marked)
    cells = [one.strip() for one in CELLS.split(line)]
    if len(cells) > 1:
        return _cells(cells)
    return [_blanks(line.split())]


def _number(text: str) -> Angle:
    """Return a coordinate; a plain number may be metres."""
    return read_angle(text)


def _pair(head: Sequence[str], first: str, second: str) -> Pair:
    """Return a pair; hemispheres on both or on neither."""
    one, other = _number(first), _number(second)
    axes = {one.axis, other.axis}
    if axes not in ({None}, {"lon", "lat"}):
        msg = "one longitude and one latitude are due, both marked or none"
        raise PairError(msg)
    label = head[0].strip(" :.,、") if head else ""
    ring = None
    if len(head) > 1 and head[1]:
        if not RING_NUMBER.fullmatch(head[1]):
            msg = f"“{head[1]}” is no ring number"
            raise PairError(msg)
        ring = int(head[1])
    return Pair(label, ring, one, other)


def _marked(line: str, found: list[re.Match[str]]) -> list[Pair]:
    """Return the pairs of a line whose angles bear marks."""
    texts = [one[0].strip() for one in found]
    head = [one for one in re.split(r"[\s,、|:]+", line[: found[0].start()]) if one]
    gaps = [line[one.end() : other.start()] for one, other in pairwise(found)]
    gaps.append(line[found[-1].end() :])
    odd = [one for one in gaps if not GAP.fullmatch(one)]
    if odd or len(texts) % PAIR or len(head) > PAIR or (head and len(texts) > PAIR):
        what = odd[0].strip() if odd else f"{len(texts)} angle(s)"
        msg = f"two angles are due, not {what}"
        raise PairError(msg)
    if head and not POINT_NUMBER.fullmatch(head[0]):
        msg = f"“{head[0]}” is no point number"
        raise PairError(msg)
    return [
        _pair(head, one, other)
        for one, other in zip(texts[::PAIR], texts[1::PAIR], strict=True)
    ]


def _cells(cells: list[str]) -> list[Pair]:
    """Return the pairs of a line with separators.

    Two cells are a pair; a third before them is a point number; of four, the first
    two are point and ring number if they are small whole numbers and the others are
    not, or two pairs if all have decimals.
    """
    head, rest = cells[:-PAIR], cells[-PAIR:]
    if len(cells) <= PAIR + 1 and all(map(POINT_NUMBER.fullmatch, head)):
        return [_pair(head, *rest)]
    if (
        len(cells) == PAIR + PAIR
        and POINT_NUMBER.fullmatch(head[0])
        and (not head[1] or RING_NUMBER.fullmatch(head[1]))
        and not all(map(SMALL.fullmatch, rest))
    ):
        return [_pair(head, *rest)]
    if len(cells) % PAIR == 0 and all("." in one for one in cells):
        return [
            _pair([], one, other)
            for one, other in zip(cells[::PAIR], cells[1::PAIR], strict=True)
        ]
    msg = f"{len(cells)} values can be read in more than one way"
    raise PairError(msg)


def _blanks(tokens: list[str]) -> Pair:
    """Return the pair of a line with blanks alone, in the one reading it has."""
    readings, errors = [], []
    for count in range(PAIR + 1):
        head, rest = tokens[:count], tokens[count:]
        if len(rest) not in PARTS or not _is_head(head):
            continue
        half = len(rest) // PAIR
        try:
            one = _pair(head, " ".join(rest[:half]), " ".join(rest[half:]))
        except (PairError, InputRefusedError) as error:
            errors.append(error)
        else:
            readings.append(one)
    if len(readings) == 1:
        return readings[0]
    if not readings:
        raise errors[0] if errors else PairError("it holds no pair of coordinates")
    both = " or ".join(
        f"({one.first.degrees:.8g}, {one.second.degrees:.8g})" for one in readings
    )
    msg = f"it can be read in two ways: {both}"
    raise PairError(msg)


def _is_head(head: Sequence[str]) -> bool:
    """Whether some words can be a point number and a ring number."""
    if not head:
        return True
    ring = len(head) == 1 or RING_NUMBER.fullmatch(head[1]) is not None
    return POINT_NUMBER.fullmatch(head[0]) is not None and ring
