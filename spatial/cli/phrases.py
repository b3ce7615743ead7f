"""Errors in Chinese: their English pieces, looked up in a catalogue of phrases.

The library raises errors in English, with values in them (see `layers.errors`); a
program reads their parts as attributes. Here each part is held against
``phrases.zh.yaml``, where ``{}`` stands for a value, and said in Chinese with the same
values. A part that nobody has put into Chinese stays as it is: it is never dropped.
"""

from __future__ import annotations

import re
from functools import cache, singledispatch
from pathlib import Path
from typing import TYPE_CHECKING

from layers import document
from layers.errors import (
    DocumentError,
    ExtraMissingError,
    InputRefusedError,
    NoGeometryError,
    SourceNotFoundError,
    ToolkitError,
    UnknownKindError,
)
from spatial.text import TEXTS

if TYPE_CHECKING:
    from layers.text import Fact

PHRASES = Path(__file__).with_name("phrases.zh.yaml")
_VALUE = re.compile(r"\{(\d*)\}")


def in_chinese(error: ToolkitError) -> str:
    """Return what an error says, in Chinese as far as the catalogue goes."""
    return _told(error)


def phrase(text: str) -> str:
    """Return an English phrase in Chinese; itself where the catalogue has none.

    Examples
    --------
    >>> phrase("check the path")
    '请检查路径'
    """
    for english, chinese in _by_length():
        values = _values(text, english)
        if values is not None:
            return _filled(chinese, values)
    return text


@cache
def _by_length() -> tuple[tuple[tuple[str, ...], str], ...]:
    """Return phrases, cut at their values, those with most words of their own first."""
    entries = document.load_own(PHRASES).mapping().items()
    cut = [(_pieces(english), str(one.value)) for english, one in entries]
    return tuple(sorted(cut, key=lambda one: (-sum(map(len, one[0])), one)))


def _pieces(english: str) -> tuple[str, ...]:
    """Return what stands between the values of a phrase."""
    return tuple(
        one.replace("{{", "{").replace("}}", "}") for one in english.split("{}")
    )


def _values(text: str, pieces: tuple[str, ...]) -> list[str] | None:
    """Return the values of a text that is this phrase; None if it is another.

    Each piece is taken where it first stands after the one before: where any reading
    fits, this one does, and the time is that of one walk along the text.
    """
    first, *others = pieces
    if not others:
        return [] if text == first else None
    *middle, last = others
    if not (text.startswith(first) and text.endswith(last)):
        return None
    values, start, end = [], len(first), len(text) - len(last)
    for piece in middle:
        at = text.find(piece, start, end)
        if at < 0:
            return None
        values.append(text[start:at])
        start = at + len(piece)
    return None if end < start else [*values, text[start:end]]


def _filled(chinese: str, values: list[str]) -> str:
    """Return a Chinese phrase with its values, ``{0}`` the first."""
    parts = _VALUE.split(chinese)
    parts[1::2] = [values[int(at)] for at in parts[1::2]]
    parts[::2] = [one.replace("{{", "{").replace("}}", "}") for one in parts[::2]]
    return "".join(parts)


def _say(key: str, /, **facts: Fact) -> str:
    return TEXTS.say(key, lang="zh", **facts)


@singledispatch
def _told(error: ToolkitError) -> str:
    for english, chinese in _by_length():
        values = _values(str(error), english)
        if values is not None:  # values that are words may be phrases, names are not
            said = [phrase(one) if " " in one else one for one in values]
            return _filled(chinese, said)
    return str(error)


@_told.register
def _(error: InputRefusedError) -> str:
    return _say(
        "error.input",
        source=phrase(error.source),
        expected=phrase(error.expected),
        got=phrase(error.got),
        todo=phrase(error.todo),
    )


@_told.register
def _(error: DocumentError) -> str:
    return _say(
        "error.document",
        path=str(error.path),
        line=error.line,
        key=error.key,
        expected=phrase(error.expected),
        got=phrase(error.got),
    )


@_told.register
def _(error: SourceNotFoundError) -> str:
    return _say("error.not_there", source=error.source, todo=phrase(error.todo))


@_told.register
def _(error: UnknownKindError) -> str:
    known = "、".join(error.shown) or "—"
    if len(error.shown) < len(error.known):
        known = _say("error.known_many", count=len(error.known), shown=known)
    return _say("error.unknown", what=phrase(error.what), name=error.name, known=known)


@_told.register
def _(error: ExtraMissingError) -> str:
    return _say("error.extra", needed_for=phrase(error.needed_for), extra=error.extra)


@_told.register
def _(error: NoGeometryError) -> str:
    return _say(
        "error.no_geometry",
        needed_for=phrase(error.needed_for),
        got=phrase(error.got),
    )
