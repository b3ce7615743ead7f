"""Named sets: words of the law that stand for many industries (两高, 三高, 重化工).

One YAML file a set in ``spatial/policy/sets/``, with the definition as it was read and
its source. A set is only as large as its source: codes whose own name is one of the
categories are in it; for every other code the project's declared flag decides, and
without it the answer is unknown. An office that has a list of its own sets it in the
workspace under the name of the set's setting; it stands in the place of the codes.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from layers import document, industry
from layers.errors import UnknownKindError

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Mapping

    from layers.document import Entry

SETS = Path(__file__).parent / "sets"


@dataclass(frozen=True, slots=True)
class Member:
    """A category of a set.

    Attributes
    ----------
    title
        As the definition names it, by language.
    codes
        GB/T 4754-2017 codes that are certainly of it; empty where none was read.
    """

    title: Mapping[str, str]
    codes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Definition:
    """Where the set is defined.

    Attributes
    ----------
    document
        Title by language.
    quote
        To the character.
    verified
        ``text``, ``secondary`` or ``unverified``.
    source
        Where it was read.
    """

    document: Mapping[str, str]
    quote: str
    verified: str
    source: str


@dataclass(frozen=True, slots=True)
class NamedSet:
    """A word that stands for many industries.

    Attributes
    ----------
    id
        Name of the file without suffix.
    title
        By language.
    setting
        Under this name an office sets a list of its own.
    flag
        Attribute by which a project declares that it belongs to the set, or None.
    definition
        None where no text defines it.
    reading
        What is read into the definition, as a finding reports it; "" for nothing.
    checked_on
        When the source was looked at.
    members
        In the order of the definition.
    """

    id: str
    title: Mapping[str, str]
    setting: str
    flag: str | None
    definition: Definition | None
    reading: str
    checked_on: dt.date
    members: tuple[Member, ...]

    @property
    def codes(self) -> tuple[str, ...]:
        """Every code of every member."""
        return tuple(code for member in self.members for code in member.codes)

    def member_of(self, code: str) -> Member | None:
        """Return the category that certainly holds a code, or None."""
        now = industry.current(code)
        return next((one for one in self.members if now.startswith(one.codes)), None)


def named_sets() -> tuple[str, ...]:
    """Return the ids of all named sets, sorted."""
    return tuple(sorted(path.stem for path in SETS.glob("*.yaml")))


@cache
def named_set(name: str) -> NamedSet:
    """Return a named set.

    Raises
    ------
    UnknownKindError
        There is no such set; the message lists those there are.
    DocumentError
        Its file breaks the format.
    """
    if name not in named_sets():
        raise UnknownKindError(what="named set", name=name, known=list(named_sets()))
    return _read(document.load_own(SETS / f"{name}.yaml"), name)


def _read(entry: Entry, name: str) -> NamedSet:
    entry.only(
        "set",
        "title",
        "setting",
        "flag",
        "definition",
        "reading",
        "checked_on",
        "members",
    )
    entry.need("set").one_of(name)
    flag, reading = entry.get("flag"), entry.get("reading")
    defined, members = entry.get("definition"), entry.get("members")
    return NamedSet(
        id=name,
        title=_titles(entry.need("title")),
        setting=entry.need("setting").text(),
        flag=flag.text() if flag else None,
        definition=_definition(defined) if defined else None,
        reading=reading.text() if reading else "",
        checked_on=entry.need("checked_on").date(),
        members=tuple(_member(one) for one in members or ()),
    )


def _member(entry: Entry) -> Member:
    entry.only("title", "codes")
    codes = entry.get("codes")
    return Member(_titles(entry.need("title")), codes.texts() if codes else ())


def _definition(entry: Entry) -> Definition:
    entry.only("document", "quote", "verified", "source")
    return Definition(
        document=_titles(entry.need("document")),
        quote=entry.need("quote").text(),
        verified=entry.need("verified").one_of("text", "secondary", "unverified"),
        source=entry.need("source").text(),
    )


def _titles(entry: Entry) -> Mapping[str, str]:
    entry.only("zh", "en")
    return {"zh": entry.need("zh").text(), "en": entry.need("en").text()}
