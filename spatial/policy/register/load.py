"""Reading the register: strict YAML becomes `Register`, or a refusal that points."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING, cast

from layers import document
from layers.errors import SourceNotFoundError
from layers.provenance import Period
from layers.spec import kinds, spec
from spatial.policy import clause as parts
from spatial.policy.model import Document
from spatial.policy.register.model import GROUPS, Clause, Region, Register

if TYPE_CHECKING:
    from collections.abc import Mapping

    from layers.document import Entry
    from spatial.policy.register.model import Group

BUILTIN = Path(__file__).parent

_DAY = re.compile(r"[0-9]{4}(?:-[0-9]{2}-[0-9]{2})?")
_ADCODE = re.compile(r"[0-9]{6}")
_WIDE = "all"


def load_register(folder: Path = BUILTIN) -> Register:
    """Read the register.

    Parameters
    ----------
    folder
        Holds ``wanted_layers.yaml`` and ``clauses/*.yaml``, one file a text.

    Returns
    -------
    Register
        Clauses in the order of file names and of each file.

    Raises
    ------
    SourceNotFoundError
        A folder without clauses: nothing would be mistaken for nothing open.
    DocumentError
        A file breaks the format, names a layer, field or region that there is not,
        or repeats an id; the message has file, line and key.
    """
    wanted = {
        key: parts.titles(entry)
        for key, entry in document.load_own(folder / "wanted_layers.yaml")
        .mapping()
        .items()
    }
    clauses: list[Clause] = []
    seen: dict[str, Clause] = {}
    for path in sorted((folder / "clauses").glob("*.yaml")):
        for entry, one in _file(path, wanted):
            if one.id in seen:
                first = seen[one.id]
                where = f"first in {first.path.name}, line {first.line}"
                entry.need("id").fail(f"each clause once ({where})", repr(one.id))
            seen[one.id] = one
            clauses.append(one)
    if not clauses:
        raise SourceNotFoundError(
            folder / "clauses" / "*.yaml", todo="name a folder that holds a register"
        )
    return Register(tuple(clauses), wanted)


def _file(
    path: Path, wanted: Mapping[str, Mapping[str, str]]
) -> list[tuple[Entry, Clause]]:
    """Read the clauses of one text, each with the place where it stands."""
    entry = document.load_own(path)
    entry.only("register", "document", "regions", "clauses")
    entry.need("register").one_of(path.stem)
    source = _document(entry.need("document"), path.stem)
    regions = {
        key: _region(child) for key, child in entry.need("regions").mapping().items()
    }
    if _WIDE not in regions:
        entry.need("regions").fail(f"the region {_WIDE!r} of the whole document")
    return [
        (child, _clause(child, source, regions, wanted))
        for child in entry.need("clauses")
    ]


def _document(entry: Entry, key: str) -> Document:
    """Read the text; one that bears no date has no period."""
    entry.only("title", "kind", "period", "text", "source")
    period = entry.get("period")
    return Document(
        id=key,
        title=parts.titles(entry.need("title")),
        kind=entry.need("kind").one_of(  # type: ignore[arg-type]
            "law", "regulation", "normative", "plan", "local"
        ),
        period=parts.period(period) if period else Period(),
        text=entry.need("text").text(),
        source=entry.need("source").text(),
    )


def _region(entry: Entry) -> Region:
    """Read a region in the words of the text, with its codes."""
    entry.only("title", "adcodes")
    codes = entry.need("adcodes")
    for one in codes:
        if not _ADCODE.fullmatch(one.text()):
            one.fail("an adcode of six digits, in quotes")
    if not codes.items():
        codes.fail("at least one adcode")
    return Region(parts.titles(entry.need("title")), codes.texts())


_KEYS = (
    "id",
    "group",
    "title",
    "article",
    "quote",
    "region",
    "since",
    "due",
    "layers",
    "figure",
    "data",
    "partly",
    "done",
    "helped",
)


def _clause(
    entry: Entry,
    source: Document,
    regions: Mapping[str, Region],
    wanted: Mapping[str, Mapping[str, str]],
) -> Clause:
    """Read one clause."""
    entry.only(*_KEYS)
    region, figure, partly = (
        entry.get("region"),
        entry.get("figure"),
        entry.get("partly"),
    )
    since, due, helped = entry.get("since"), entry.get("due"), entry.get("helped")
    done = entry.get("done")
    if done and helped:
        done.fail("either 'done' or 'helped'")
    return Clause(
        id=entry.need("id").text(),
        group=cast("Group", entry.need("group").one_of(*GROUPS)),
        document=source,
        article=entry.need("article").text(),
        title=parts.titles(entry.need("title")),
        quote=entry.need("quote").text(),
        region=regions[region.one_of(*regions) if region else _WIDE],
        since=_day(since) if since else "",
        due=tuple(_day(one) for one in due or ()),
        layers=_layers(entry.need("layers"), wanted),
        is_figure_open=bool(figure and figure.one_of("open")),
        data=tuple(_field(one) for one in entry.get("data") or ()),
        partly=parts.titles(partly) if partly else {},
        done=parts.titles(done) if done else {},
        helped=parts.titles(helped) if helped else {},
        path=entry.path,
        line=entry.line,
    )


def _day(entry: Entry) -> str:
    """Read a year or a day as the text writes it: a year is not made a day."""
    if not _DAY.fullmatch(entry.text()):
        entry.fail("a year or a day YYYY-MM-DD, in quotes")
    return entry.text()


def _layers(entry: Entry, wanted: Mapping[str, Mapping[str, str]]) -> tuple[str, ...]:
    """Read names of layers, each in the catalogue or among the wanted."""
    for one in entry:
        if one.text() not in wanted and one.text() not in kinds():
            one.fail("a layer kind, or a name in wanted_layers.yaml")
    return entry.texts()


def _field(entry: Entry) -> str:
    """Read ``kind.field``; both must exist."""
    kind, _, name = entry.text().partition(".")
    known = kind in kinds()
    if not known or name not in {one.name for one in spec(kind).fields}:
        entry.fail("a field of a layer kind, written kind.field")
    return entry.text()
