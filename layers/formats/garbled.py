"""Texts that were garbled before the file was written: found and told, never mended.

What was read once in a wrong encoding and saved again is sound text by its bytes. It
shows by what it becomes when the wrong step is undone.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pyarrow as pa

from layers.formats.readings import plausibility
from layers.text import Message

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    import pandas as pd

    from layers.formats.raw import Found

SHOWN = 40
BETTER = 0.25
"""By how much the undone text must be more ordinary than what stands there."""
RUNS = re.compile(r"[^\x00-\x7f]+")
LOST = re.compile("[\ud800-\udfff]|\ufffd|锟斤|斤拷")
QUESTIONS = re.compile(r"[\s\d_()-]*\?[?\s\d_()-]*\?[?\s\d_()-]*")
ESCAPES = re.compile(r"\\U\+[0-9A-Fa-f]{4}|\\M\+[1-5][0-9A-Fa-f]{4}")
PRIVATE = re.compile("[\x80-\x84\x86-\x9f\ue000-\uf8ff]")
SEQUENCE = re.compile(
    rb"[\xc2-\xdf][\x80-\xbf]|[\xe0-\xef][\x80-\xbf]{2}|[\xf0-\xf4][\x80-\xbf]{3}"
)
CHINESE_SEQUENCE = re.compile(rb"[\xe3-\xe9\xef][\x80-\xbf]{2}")
WESTERN = {
    **{bytes([byte]).decode("latin-1"): byte for byte in range(0x80, 0x100)},
    **{
        char: byte
        for byte in range(0x80, 0xA0)
        if (char := bytes([byte]).decode("cp1252", "ignore"))
    },
}
"""Characters of Latin-1 and of the Western code page of Windows, and their bytes."""
FIRST_LETTER = 0xC0
MIN_CHINESE = 2
MIN_SHARE = 0.8


@dataclass(frozen=True, slots=True)
class Garbled:
    """Why a text looks garbled: a key of the text catalogue, and what it may have been.

    `guess` is ``?`` where the bytes are lost for good.
    """

    cause: str
    guess: str


def told(table: pd.DataFrame, names: Iterable[str | None] = ()) -> list[Found]:
    """Return an issue for each column with garbled texts, and each garbled name.

    Parameters
    ----------
    table
        Attributes as read; it stays as it is.
    names
        Further names to look at, such as that of the layer.

    Returns
    -------
    list
        ``text_garbled`` by column, ``name_garbled`` by name, in their order. Rows are
        counted from 1, as people do.
    """
    found: list[Found] = []
    headings = [*(one for one in names if one), *map(str, table.columns)]
    for name in dict.fromkeys(headings):
        one = suspicion(name)
        if one is not None:
            facts = {"name": _shown(name), "guess": one.guess[:SHOWN]}
            found.append(("name_garbled", {**facts, "cause": Message(one.cause)}))
    for position, name in enumerate(table.columns):
        found += _column(table.iloc[:, position], f"{name}")
    return found


def _column(column: pd.Series, name: str) -> list[Found]:
    """Return the issue of one column; each distinct text is looked at once."""
    try:
        cells = column.tolist()
    except (pa.ArrowException, UnicodeDecodeError):
        return []  # bytes that are no text: refused by name where the table is packed
    texts = [one if isinstance(one, str) else "" for one in cells]
    known = {one: suspicion(one) for one in set(texts)}
    rows = [at for at, one in enumerate(texts) if known[one] is not None]
    if not rows:
        return []
    causes = Counter(one.cause for row in rows if (one := known[texts[row]]))
    cause = causes.most_common(1)[0][0]
    first = next(
        row for row in rows if (one := known[texts[row]]) and one.cause == cause
    )
    seen = known[texts[first]]
    return [
        (
            "text_garbled",
            {
                "column": _shown(name),
                "count": len(rows),
                "cause": Message(cause),
                "example": _shown(texts[first]),
                "row": first + 1,
                "guess": seen.guess[:SHOWN] if seen else "?",
            },
        )
    ]


def _shown(text: str) -> str:
    """Return the beginning of a text as it can be printed: halves of pairs as ?."""
    return text[:SHOWN].encode("utf-8", "replace").decode()


def suspicion(text: str) -> Garbled | None:
    """Return why a text looks garbled, or None.

    Examples
    --------
    >>> suspicion("PerÃº"), suspicion("永久基本农田")
    (Garbled(cause='garbled.utf8_as_latin', guess='Perú'), None)
    >>> suspicion("鐢熸€佷繚鎶ょ孩绾�").cause, suspicion("ÓÀ¾Ã»ù±¾Å©Ìï").guess
    ('garbled.lost', '永久基本农田')
    """
    if "\\" in text and ESCAPES.search(text):
        return Garbled("garbled.escapes", "?")
    if text.isascii():
        lost = "?" in text and QUESTIONS.fullmatch(text)
        return Garbled("garbled.lost", "?") if lost else None
    if LOST.search(text):
        return Garbled("garbled.lost", "?")
    for cause, undone in (
        ("garbled.utf8_as_latin", _as_latin),
        ("garbled.gbk_as_latin", _gbk_as_latin),
        ("garbled.utf8_as_gbk", _as_gbk),
    ):
        guess = _undone(text, undone)
        if guess != text:
            return Garbled(cause, guess)
    return Garbled("garbled.private", "?") if PRIVATE.search(text) else None


def _undone(text: str, undo: Callable[[re.Match[str], str], str | None]) -> str:
    """Return a text with every run replaced that can be undone."""
    return RUNS.sub(lambda run: undo(run, text) or run[0], text)


def _as_latin(run: re.Match[str], _text: str) -> str | None:
    """Return what UTF-8 was that has been read as Latin-1, or None."""
    if any(char not in WESTERN for char in run[0]):
        return None
    data = bytes(WESTERN[char] for char in run[0])
    whole = sum(map(len, SEQUENCE.findall(data)))
    if not whole or whole < MIN_SHARE * len(data):
        return None
    return data.decode("utf-8", "replace")


def _gbk_as_latin(run: re.Match[str], text: str) -> str | None:
    """Return what GBK was that has been read as Latin-1, or None.

    Western words mix letters with and without accents; these are pairs of high
    letters with no plain letter beside them.
    """
    beside = text[: run.start()][-1:] + text[run.end() :][:1]
    if any(char not in WESTERN for char in run[0]) or beside.isalpha():
        return None
    data = bytes(WESTERN[char] for char in run[0])
    if max(data) < FIRST_LETTER or len(data) % 2:
        return None
    try:
        chinese = data.decode("gbk")
    except UnicodeDecodeError:
        return None
    return chinese if plausibility(chinese) - plausibility(run[0]) >= BETTER else None


def _as_gbk(run: re.Match[str], _text: str) -> str | None:
    """Return what UTF-8 was that has been read as GBK, or None."""
    data = run[0].replace("€", "\udc80").encode("gb18030", "surrogateescape")
    found = CHINESE_SEQUENCE.findall(data)
    if len(found) < MIN_CHINESE or sum(map(len, found)) < MIN_SHARE * len(data):
        return None
    chinese = data.decode("utf-8", "replace")
    plain = chinese.replace("\ufffd", "")
    gain = plausibility(plain) - plausibility(run[0])
    # three characters of three bytes do not come about by chance
    return chinese if gain >= (BETTER if len(found) == MIN_CHINESE else 0.0) else None
