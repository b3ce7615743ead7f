"""The typeface of a static map: found, or an error; signs that it lacks are told.

A box in the place of a sign is no name. What the typeface does not have is printed as
the geta mark (the sign that printers put for a type they lack), and the map says which
signs those are.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any
from unicodedata import east_asian_width

from layers.errors import ExtraMissingError
from spatial.report.pdf import FAMILIES, FontMissingError
from spatial.report.words import visible

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

STAND_IN, LAST_STAND_IN = "\u3013", "?"
"""Printed for a sign that the typeface lacks; the second where it lacks the first."""
_WIDE, _NARROW = 1.0, 0.58
"""Widths of signs in ems: all Chinese ones; about those of Latin letters."""
_NEVER_FIRST = "，。；：、）”！？,.;:)"
_REGULAR = 400
_FONT_FILES = (".otf", ".ttc", ".ttf")
_CHINESE = "图例米北"
_MOST_BYTES = 1 << 16  # of a file that are hashed: names and tables stand first


@dataclass(frozen=True, slots=True)
class MapFace:
    """A typeface, and the signs that it has.

    Attributes
    ----------
    family
        Its name.
    file
        What matplotlib opens: a path, with the place in a collection where it can.
    sha256
        First 12 hex digits of the hash over its file's first 64 KB and its size.
    signs
        Code points.
    """

    family: str
    file: Any
    sha256: str
    signs: Mapping[int, int]

    def shown(self, text: str) -> tuple[str, frozenset[str]]:
        """Return a text that can be printed, and the signs that it lost.

        Controls and other unseen signs become visible first (see
        `spatial.report.words.visible`); line feeds stay.
        """
        told = visible(text.replace("\t", " "))
        lost = frozenset(
            one for one in told if one != "\n" and ord(one) not in self.signs
        )
        stand_in = STAND_IN if ord(STAND_IN) in self.signs else LAST_STAND_IN
        return "".join(stand_in if one in lost else one for one in told), lost


def width_em(text: str) -> float:
    """Return about how wide a line is, in ems; never too narrow for Chinese."""
    return sum(_WIDE if east_asian_width(one) in "WFA" else _NARROW for one in text)


def wrapped(text: str, most_em: float) -> list[str]:
    """Return a text as lines of a width; Latin words are broken at blanks if they can.

    Examples
    --------
    >>> wrapped("生态保护红线", 4.0)
    ['生态保护', '红线']
    >>> wrapped("scale 1:500", 4.0)
    ['scale', '1:500']
    """
    lines: list[str] = []
    for part in text.split("\n"):
        line = ""
        for word in _pieces(part, most_em):
            if line and width_em(line + word.rstrip()) > most_em:
                lines.append(line.rstrip())
                line = word.lstrip()
            else:
                line += word
        lines.append(line.rstrip())
    return lines


def _pieces(text: str, most_em: float) -> Iterator[str]:
    """Yield what is not broken: Chinese signs, words with the blank behind them."""
    word = ""
    for place, one in enumerate(text):
        is_wide = east_asian_width(one) in "WF"
        if one in _NEVER_FIRST:  # it hangs into the margin rather
            word += one
            continue
        if word and (is_wide or word[-1] == " " or width_em(word + one) > most_em):
            yield word
            word = ""
        word += one
        follows = text[place + 1 : place + 2]
        if is_wide and (not follows or follows not in _NEVER_FIRST):
            yield word
            word = ""
    if word:
        yield word


def needs_matplotlib() -> None:
    """Refuse where the extra is missing.

    Raises
    ------
    ExtraMissingError
        matplotlib or matplotlib-scalebar is not installed.
    """
    for one in ("matplotlib", "matplotlib_scalebar"):
        if find_spec(one) is None:
            raise ExtraMissingError(extra="report", needed_for="a map on paper")


@cache
def map_face(fonts: Path | None = None) -> MapFace:
    """Return the typeface of maps.

    Parameters
    ----------
    fonts
        A folder with font files, of which one is used; None: those of the machine.

    Raises
    ------
    ExtraMissingError
        As for `needs_matplotlib`.
    FontMissingError
        There is none with Chinese signs.
    """
    needs_matplotlib()
    found = _of_folder(fonts) if fonts else _of_machine()
    ranks = {name: rank for rank, name in enumerate(FAMILIES)}
    # Where matplotlib sees one face of a collection alone it is the Japanese one.
    ranks["Noto Sans CJK JP"] = len(ranks)
    known = [one for one in found if fonts or one[0] in ranks]
    for family, path, index in sorted(
        known, key=lambda one: (ranks.get(one[0], len(ranks) + 1), one[1], one[2])
    ):
        file = _opened_as(path, index)
        signs = _signs(file)
        if all(ord(one) in signs for one in _CHINESE):
            return MapFace(family, file, _hashed(Path(path)), signs)
    where = f"in {fonts}" if fonts else "on this machine"
    raise FontMissingError(where=where, what="a map")


def _of_machine() -> list[tuple[str, str, int]]:
    from matplotlib import font_manager  # noqa: PLC0415  an extra, slow to load

    return [
        (one.name, str(one.fname), int(getattr(one, "index", 0)))
        for one in font_manager.fontManager.ttflist
        if one.style == "normal" and one.weight in {_REGULAR, "normal", "regular"}
    ]


def _of_folder(folder: Path) -> list[tuple[str, str, int]]:
    from matplotlib import font_manager  # noqa: PLC0415

    found = []
    for path in sorted(folder.rglob("*")):
        if path.suffix.lower() in _FONT_FILES:
            try:
                name = font_manager.get_font(str(path)).family_name
            except RuntimeError:  # FreeType's word for: this is no font
                continue
            found.append((name, str(path), 0))
    return found


def _opened_as(path: str, index: int) -> Any:  # noqa: ANN401  its class is new
    """Return what matplotlib opens: since 3.11 it can take any face of a collection."""
    from matplotlib import font_manager  # noqa: PLC0415

    with_index = getattr(font_manager, "FontPath", None)
    return with_index(path, index) if with_index and index else path


def _signs(file: Any) -> Mapping[int, int]:  # noqa: ANN401
    from matplotlib import font_manager  # noqa: PLC0415

    found: Mapping[int, int] = font_manager.get_font(file).get_charmap()
    return found


def _hashed(path: Path) -> str:
    with path.open("rb") as stream:
        start = stream.read(_MOST_BYTES)
    told = start + str(path.stat().st_size).encode()
    return hashlib.sha256(told).hexdigest()[:12]
