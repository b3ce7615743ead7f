"""Reading rulebooks: strict YAML becomes `model.Rulebook`, or a refusal that points.

Refused are: an unknown key, document, layer kind, field or domain value; an edition
without citation or first day; editions that overlap; a rule without cases or with an
id that stands twice; a text that nobody has read and that would decide something.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from layers import document
from layers.errors import InputRefusedError, UnknownKindError
from layers.provenance import sha256_of
from spatial.policy import clause, example, model

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from layers.document import Entry

BUILTIN = Path(__file__).parent / "rulebook"

# The folders of the built-in rulebooks, in the order in which a review shows them.
LEVELS = ("nation", "province", "city", "county")

_ADCODE_DIGITS = 6


def builtin() -> tuple[str, ...]:
    """Return the names of the rulebooks that come with the toolkit, sorted."""
    return tuple(sorted(places()))


def places(root: Path = BUILTIN) -> dict[str, Path]:
    """Return where the rulebooks of a folder stand.

    Parameters
    ----------
    root
        A folder of folders, one for each of `LEVELS`.

    Returns
    -------
    dict of str to Path
        By the name of the rulebook, which is its file without ``.yaml``: nation
        first, then province, city, county; within a level by name.

    Raises
    ------
    InputRefusedError
        Two files have one name, so a workspace could not say which it means; or a
        file stands in no folder of a level, and would be left out in silence.
    """
    found: dict[str, Path] = {}
    for path in sorted(root.rglob("*.yaml"), key=_by_level):
        if path.parent.with_suffix(".yaml").exists():  # a part of that rulebook
            continue
        if path.parent.parent != root or path.parent.name not in LEVELS:
            raise InputRefusedError(
                source=path,
                expected=f"a rulebook in one of the folders {', '.join(LEVELS)}",
                got=path.relative_to(root).as_posix(),
                todo="move it to the folder of the level whose law it holds",
            )
        if path.stem in found:
            raise InputRefusedError(
                source=path,
                expected="a name that no other built-in rulebook has",
                got=f"{path.stem}, which {found[path.stem]} has too",
                todo="rename one of them",
            )
        found[path.stem] = path
    return found


def _by_level(path: Path) -> tuple[int, str]:
    """Return the place of a rulebook in the order: nation first."""
    level = path.parent.name
    return (LEVELS.index(level) if level in LEVELS else len(LEVELS), path.stem)


def load_rulebook(source: Path | str) -> model.Rulebook:
    """Read a rulebook.

    Parameters
    ----------
    source
        Name of a built-in rulebook (see `builtin`), or path of a YAML file.

    Returns
    -------
    Rulebook
        Documents, rules and cases, every reference checked.

    Raises
    ------
    UnknownKindError
        A name without suffix that is neither a built-in rulebook nor a file.
    SourceNotFoundError
        There is no such file.
    DocumentError
        The rulebook breaks the format; the message has file, line and key.
    """
    path = Path(source)
    name = str(source)
    known = places()
    inside = name in known
    if inside:
        path = known[name]
    elif not path.suffix and not path.exists():
        raise UnknownKindError(what="rulebook", name=name, known=sorted(known))
    read = document.load_own if inside else document.load
    entry = read(path)
    entry.only("rulebook", "title", "documents", "parts", "rules")
    entry.need("rulebook").one_of(path.stem)
    parts = _parts(entry.get("parts"), path)
    documents = {
        key: _document(child, key)
        for key, child in entry.need("documents").mapping().items()
    }
    said = [*entry.need("rules")]
    for part in parts:
        said += _rules_of_part(read(part), path.stem)
    rules = tuple(_rule(one, documents) for one in said)
    _refuse_twice(said, rules)
    return model.Rulebook(
        id=path.stem,
        title=clause.titles(entry.need("title")),
        documents=documents,
        rules=rules,
        path=path.name if inside else name,
        sha256=sha256_of([path, *parts]),
    )


def _parts(entry: Entry | None, path: Path) -> tuple[Path, ...]:
    """Return the files in which a long rulebook goes on: all of its own folder."""
    folder = path.with_suffix("")
    there = {one.stem for one in folder.glob("*.yaml")}
    names = entry.texts() if entry else ()
    if entry and sorted(names) != sorted(there):
        entry.fail(f"each file of {folder.name}/ once: {', '.join(sorted(there))}")
    if there and not entry:
        raise InputRefusedError(
            source=path,
            expected=f"the key 'parts', because there is a folder {folder.name}",
            got="none",
            todo=f"write parts: [{', '.join(sorted(there))}]",
        )
    return tuple(folder / f"{name}.yaml" for name in names)


def _rules_of_part(entry: Entry, book: str) -> tuple[Entry, ...]:
    """Return the rules of a part, which cite the documents of their rulebook."""
    entry.only("part_of", "rules")
    entry.need("part_of").one_of(book)
    return entry.need("rules").items()


def _document(entry: Entry, key: str) -> model.Document:
    """Read an instrument that rules cite."""
    entry.only("title", "kind", "period", "text", "source")
    text = entry.get("text")
    return model.Document(
        id=key,
        title=clause.titles(entry.need("title")),
        kind=entry.need("kind").one_of(  # type: ignore[arg-type]
            "law", "regulation", "normative", "plan", "local"
        ),
        period=clause.period(entry.need("period")),
        text=text.text() if text else "",
        source=entry.need("source").text(),
    )


def _rule(entry: Entry, documents: Mapping[str, model.Document]) -> model.Rule:
    """Read a rule with its editions and cases."""
    entry.only(
        "id", "title", "about", "territory", "note", "clauses", "editions", "cases"
    )
    territory, note = entry.get("territory"), entry.get("note")
    clauses, about = entry.get("clauses"), entry.get("about")
    editions = tuple(_edition(one, documents) for one in entry.need("editions"))
    _refuse_overlaps(entry.need("editions"), editions)
    cases = tuple(example.case(one) for one in entry.need("cases"))
    if not cases:
        entry.need("cases").fail("at least one case")
    return model.Rule(
        id=entry.need("id").text(),
        title=clause.titles(entry.need("title")),
        territory=tuple(_adcode(one) for one in territory or ()),
        editions=editions,
        note=note.text() if note else "",
        cases=cases,
        clauses=clauses.texts() if clauses else (),
        about=about.one_of("project", "activity") if about else "project",  # type: ignore[arg-type]
    )


def _adcode(entry: Entry) -> str:
    """Read a six-digit adcode, which YAML needs in quotes."""
    code = entry.text()
    if len(code) != _ADCODE_DIGITS or not code.isdigit():
        entry.fail("an adcode of six digits, in quotes")
    return code


def _edition(entry: Entry, documents: Mapping[str, model.Document]) -> model.Edition:
    """Read a rule as it reads in a period of validity."""
    entry.only("valid", "citation", "provisions")
    cited = clause.citation(entry.need("citation"), documents)
    parts = entry.need("provisions")
    provisions = tuple(clause.provision(one, documents) for one in parts)
    if not provisions:
        parts.fail("at least one provision")
    valid = clause.period(entry.need("valid"))
    for one, child in zip(provisions, parts, strict=True):
        if cited.verified == "unverified" and one.effect != "needs_information":
            child.need("effect").fail(
                "needs_information, because the cited text is unverified"
            )
        if valid.start is None and one.effect not in ("needs_information", "advice"):
            child.need("effect").fail(
                "needs_information or advice, because the text bears no date"
            )
    return model.Edition(valid, cited, provisions)


def _refuse_overlaps(entry: Entry, editions: tuple[model.Edition, ...]) -> None:
    """Refuse editions that are not in order of time, or valid on the same day."""
    if not editions:
        entry.fail("at least one edition")
    for earlier, later, child in zip(
        editions, editions[1:], entry.items()[1:], strict=False
    ):
        end, start = earlier.valid.end, later.valid.start
        if end is None or start is None or start <= end:
            child.need("valid").fail(
                f"a period after the edition before it ({earlier.valid})",
                str(later.valid),
            )


def _refuse_twice(entry: Sequence[Entry], rules: tuple[model.Rule, ...]) -> None:
    """Refuse a rule id that stands twice."""
    seen: set[str] = set()
    for rule, child in zip(rules, entry, strict=True):
        if rule.id in seen:
            child.need("id").fail("an id that no other rule has", repr(rule.id))
        seen.add(rule.id)
