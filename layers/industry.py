"""Industry codes of GB/T 4754: what a code is, and what it may have been.

``industry.yaml`` holds the codes that were read, each with its status and source. It
is not the whole standard: a code that is not there is a code all the same, and the
hierarchy (``26`` holds ``2613``) needs no list.

Two slips of tables are known, and neither is mended in silence. A code that only the
2011 edition has is read as its 2017 equivalent where a source gives one. A cell read
as a number loses its leading zero: ``610`` may be ``0610``, so both stay possible.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from layers import document
from layers.spec import fold

if TYPE_CHECKING:
    from collections.abc import Mapping

    from layers.document import Entry

EDITION = "2017"
"""The edition that rules and sites are read by."""

Status = Literal["secondary", "unverified"]

_FILE = Path(__file__).with_suffix(".yaml")
_LETTERS = "abcdefghijklmnopqrst"
_GROUP, _CLASS = 3, 4  # digits
# Divisions 06 to 09 are the ones whose zero a number loses and whose rest looks whole.
_ZERO_LOST_BEFORE = "6789"


@dataclass(frozen=True, slots=True)
class IndustryCode:
    """A code that was read.

    Attributes
    ----------
    code
        Two to four digits.
    title
        By language.
    status
        ``secondary``, or ``unverified``: a note, never a fact.
    source
        Where it was read.
    """

    code: str
    title: Mapping[str, str]
    status: Status
    source: str


@dataclass(frozen=True, slots=True)
class EarlierCode:
    """A code that only an earlier edition has.

    Attributes
    ----------
    code, edition
        As it stands in that edition.
    now
        Its equivalent in `EDITION`.
    title, status, source
        As for `IndustryCode`.
    """

    code: str
    edition: str
    now: str
    title: Mapping[str, str]
    status: Status
    source: str

    @property
    def said(self) -> str:
        """How it was read, as a finding reports it."""
        return (
            f"行业代码 {self.code} 只见于 GB/T 4754-{self.edition}"
            f"（{self.title['zh']}），按 {EDITION} 版 {self.now} 判读"
        )


def digits(code: str) -> str:
    """Return a code without its section letter, blanks and full-width forms.

    Examples
    --------
    >>> digits("C2613"), digits(" 26 "), digits("化工")
    ('2613', '26', '化工')
    """
    return fold(code).lstrip(_LETTERS)


def earlier(code: str) -> EarlierCode | None:
    """Return what a code is of an earlier edition; None for every other one.

    Examples
    --------
    >>> earlier("C3150").now
    '3140'
    """
    return _book().earlier.get(digits(code))


def current(code: str) -> str:
    """Return a code's digits in the edition that counts."""
    was = earlier(code)
    return was.now if was else digits(code)


def readings(code: str) -> tuple[str, ...]:
    """Return every code, in digits, that may be meant by what is written.

    Returns
    -------
    tuple of str
        One where it is certain. Two for a group that only an earlier edition has
        (``315``: itself, or the class below it as it is called now) and for a number
        that may have lost its zero. Empty when it is no number.

    Examples
    --------
    >>> readings("2613"), readings("3150"), readings("610"), readings("315")
    (('2613',), ('3140',), ('610', '0610'), ('315', '3140'))
    """
    bare = digits(code)
    if not (bare.isascii() and bare.isdigit()):
        return ()
    was = earlier(bare)
    if was:
        return (was.now,)
    if may_have_lost_zero(bare):
        return (bare, f"0{bare}")
    below = [
        one.now
        for one in _book().earlier.values()
        if len(bare) == _GROUP and one.code.startswith(bare)
    ]
    return (bare, *below)


def may_have_lost_zero(code: str) -> bool:
    """Whether a number may be a mining code whose leading zero a table has lost."""
    bare = digits(code)
    return len(bare) < _CLASS and bare[:1] in tuple(_ZERO_LOST_BEFORE)


def title(code: str) -> Mapping[str, str] | None:
    """Return what a code is called; None for one that nobody has read or verified."""
    found = _book().codes.get(digits(code))
    return found.title if found and found.status != "unverified" else None


def codes() -> tuple[IndustryCode, ...]:
    """Return every code that was read, in the order of the file."""
    return tuple(_book().codes.values())


@dataclass(frozen=True, slots=True)
class _Book:
    """What the file holds, by code."""

    codes: Mapping[str, IndustryCode]
    earlier: Mapping[str, EarlierCode]


@cache
def _book() -> _Book:
    entry = document.load_own(_FILE)
    entry.only("classification", "edition", "read_on", "sources", "codes", "earlier")
    entry.need("edition").one_of(EDITION)
    sources = {
        name: child.text() for name, child in entry.need("sources").mapping().items()
    }
    return _Book(
        {one.code: one for one in (_code(e, sources) for e in entry.need("codes"))},
        {one.code: one for one in (_was(e, sources) for e in entry.need("earlier"))},
    )


def _code(entry: Entry, sources: Mapping[str, str]) -> IndustryCode:
    entry.only("code", "title", "status", "source")
    return IndustryCode(
        entry.need("code").text(),
        _titles(entry.need("title")),
        entry.need("status").one_of("secondary", "unverified"),  # type: ignore[arg-type]
        sources[entry.need("source").one_of(*sources)],
    )


def _was(entry: Entry, sources: Mapping[str, str]) -> EarlierCode:
    entry.only("code", "edition", "now", "title", "status", "source")
    return EarlierCode(
        entry.need("code").text(),
        entry.need("edition").text(),
        entry.need("now").text(),
        _titles(entry.need("title")),
        entry.need("status").one_of("secondary", "unverified"),  # type: ignore[arg-type]
        sources[entry.need("source").one_of(*sources)],
    )


def _titles(entry: Entry) -> Mapping[str, str]:
    entry.only("zh", "en")
    return {"zh": entry.need("zh").text(), "en": entry.need("en").text()}
