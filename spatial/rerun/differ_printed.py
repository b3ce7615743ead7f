"""The first difference of two Word files: which part, which paragraph."""

from __future__ import annotations

import re
from itertools import zip_longest
from typing import TYPE_CHECKING
from zipfile import ZipFile

if TYPE_CHECKING:
    from pathlib import Path

_BODY = "word/document.xml"
_PARAGRAPH = re.compile(r"<w:p[ >].*?</w:p>", re.DOTALL)
_TEXT = re.compile(r"<w:t[ >][^<]*|<w:t>[^<]*")
_NOTHING = "—"


def first(old: Path, new: Path) -> tuple[str, str, str] | None:
    """Return where two Word files differ: paragraph and its words, else the part.

    Returns
    -------
    tuple or None
        Place, words before, words after; None where their parts are the same.
    """
    with ZipFile(old) as before, ZipFile(new) as after:
        was, now = (one.read(_BODY).decode() for one in (before, after))
        paragraphs = zip_longest(_PARAGRAPH.findall(was), _PARAGRAPH.findall(now))
        for number, (one, other) in enumerate(paragraphs, start=1):
            if one != other:
                return f"paragraph {number}", _words(one), _words(other)
        for name in sorted({*before.namelist(), *after.namelist()}):
            there = [name in one.namelist() for one in (before, after)]
            if not all(there) or before.read(name) != after.read(name):
                was, now = ("a part" if one else _NOTHING for one in there)
                return name, was, now
    return None


def _words(paragraph: str | None) -> str:
    """Return the words of a paragraph as XML has them; a dash for none."""
    found = _TEXT.findall(paragraph or "")
    return "".join(one.partition(">")[2] for one in found) or _NOTHING
