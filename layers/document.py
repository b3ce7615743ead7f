"""Strict YAML: duplicate and unknown keys are refused, errors name file, line, key.

Everything that people write by hand for this toolkit (workspace, layer catalogue,
rulebook, texts) comes in through `load`. A document is read as a tree of `Entry`:
a value together with the place where it stands. The one who understands a key
takes it by type; `Entry.only` refuses the keys that nobody understands.

Scalars follow YAML 1.2, not 1.1: ``on`` and ``no`` are text, ``06`` is text (an
industry code keeps its zero), only ``true`` and ``false`` are booleans.
"""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

import yaml
from yaml.composer import Composer
from yaml.constructor import SafeConstructor
from yaml.parser import Parser
from yaml.reader import Reader
from yaml.resolver import Resolver
from yaml.scanner import Scanner

from layers.errors import DocumentError, SourceNotFoundError

if TYPE_CHECKING:
    from collections.abc import Iterator

try:
    from yaml import cyaml
except ImportError:  # PyYAML was built without libyaml
    _libyaml: Any = None
else:
    _libyaml = cyaml.CParser  # type: ignore[attr-defined]  # the stubs leave it out

_TEXT = "tag:yaml.org,2002:str"
Scalar = str | int | float | bool | dt.date | None


class _Rules(Composer, SafeConstructor, Resolver):
    """What a document means: the scalars of YAML 1.2, no aliases, no merge keys."""

    def __init__(self) -> None:
        for part in (Composer, SafeConstructor, Resolver):
            part.__init__(self)

    def compose_node(self, parent: yaml.Node | None, index: int) -> yaml.Node | None:
        """Refuse an alias: ten nested ones make a small file unboundedly large."""
        if self.check_event(yaml.AliasEvent):  # type: ignore[attr-defined]  # a parser's
            raise yaml.composer.ComposerError(
                None, None, "an alias (*name)", parent.end_mark if parent else None
            )
        return super().compose_node(parent, index)


_Rules.yaml_implicit_resolvers = {}  # else 1.1's rules stay beside ours
for _tag, _pattern, _first in (
    ("bool", r"true|false", "tf"),
    ("null", r"~|null|", "~n\0"),
    ("int", r"[-+]?(?:0|[1-9][0-9]*)", "-+0123456789"),
    (
        "float",
        r"[-+]?(?:0|[1-9][0-9]*)(?:\.[0-9]+(?:[eE][-+]?[0-9]+)?|[eE][-+]?[0-9]+)",
        "-+0123456789",
    ),
    ("timestamp", r"[0-9]{4}-[0-9]{2}-[0-9]{2}", "0123456789"),
):
    _Rules.add_implicit_resolver(
        f"tag:yaml.org,2002:{_tag}", re.compile(f"^(?:{_pattern})$"), list(_first)
    )
_Rules.add_implicit_resolver("tag:yaml.org,2002:null", re.compile(r"^$"), [""])


class _Loader(_Rules, Reader, Scanner, Parser):
    """Takes a text apart in Python: tells in words what is no YAML."""

    def __init__(self, text: str) -> None:
        Reader.__init__(self, text)
        Scanner.__init__(self)
        Parser.__init__(self)
        _Rules.__init__(self)


class _Quick(_libyaml or object, _Rules):  # type: ignore[misc]
    """Takes a text apart and together by libyaml, in a tenth of the time.

    An alias is there the node that it names once more: `_Tree` refuses it.
    """

    def __init__(self, text: str) -> None:
        _libyaml.__init__(self, text)
        _Rules.__init__(self)


@dataclass(frozen=True, slots=True)
class Entry:
    """A value of a document and the place where it stands.

    `value` is a scalar, a tuple of entries (sequence) or a dict of entries by key
    (mapping), in the order of the document.
    """

    path: Path
    line: int
    key: str
    value: Scalar | tuple[Entry, ...] | dict[str, Entry]

    def fail(self, expected: str, got: str | None = None) -> NoReturn:
        """Raise a `DocumentError` that points here."""
        raise DocumentError(
            path=self.path,
            line=self.line,
            key=self.key or "(document)",
            expected=expected,
            got=got if got is not None else self._described(),
        )

    def _described(self) -> str:
        if isinstance(self.value, dict):
            return f"a mapping with the keys {', '.join(self.value) or '(none)'}"
        if isinstance(self.value, tuple):
            return f"a list of {len(self.value)}"
        return "nothing" if self.value is None else repr(self.value)

    # -- mappings ---------------------------------------------------------

    def mapping(self) -> dict[str, Entry]:
        """Return the children by key; refuse anything but a mapping."""
        if not isinstance(self.value, dict):
            self.fail("a mapping")
        return self.value

    def only(self, *known: str) -> None:
        """Refuse a key that is not in `known`."""
        for key, child in self.mapping().items():
            if key not in known:
                child.fail(f"one of the keys {', '.join(known)}", repr(key))

    def get(self, key: str) -> Entry | None:
        """Return the child under `key`, or None when it is absent or null."""
        child = self.mapping().get(key)
        return None if child is None or child.value is None else child

    def need(self, key: str) -> Entry:
        """Return the child under `key`; its absence is an error."""
        child = self.get(key)
        if child is None:
            self.fail(f"the key {key!r}")
        return child

    # -- sequences --------------------------------------------------------

    def items(self) -> tuple[Entry, ...]:
        """Return the children of a list; refuse anything but a list."""
        if not isinstance(self.value, tuple):
            self.fail("a list")
        return self.value

    def __iter__(self) -> Iterator[Entry]:
        """Iterate over the children of a list."""
        return iter(self.items())

    # -- scalars ----------------------------------------------------------

    def text(self) -> str:
        """Return a non-empty text."""
        if not isinstance(self.value, str) or not self.value.strip():
            self.fail("a text (put it in quotes if it looks like a number or date)")
        return self.value

    def one_of(self, *choices: str) -> str:
        """Return a text that is one of `choices`."""
        if self.value not in choices:
            self.fail(f"one of {', '.join(choices)}")
        return str(self.value)

    def number(self) -> float:
        """Return a finite number as float."""
        if isinstance(self.value, bool) or not isinstance(self.value, int | float):
            self.fail("a number")
        return float(self.value)

    def flag(self) -> bool:
        """Return true or false."""
        if not isinstance(self.value, bool):
            self.fail("true or false")
        return self.value

    def date(self) -> dt.date:
        """Return a date written as YYYY-MM-DD."""
        if not isinstance(self.value, dt.date):
            self.fail("a date YYYY-MM-DD")
        return self.value

    def texts(self) -> tuple[str, ...]:
        """Return a list of texts."""
        return tuple(child.text() for child in self.items())

    def plain(self) -> object:
        """Return the value as plain Python objects (dict, list, scalar)."""
        if isinstance(self.value, dict):
            return {key: child.plain() for key, child in self.value.items()}
        if isinstance(self.value, tuple):
            return [child.plain() for child in self.value]
        return self.value


def load(path: Path | str) -> Entry:
    """Read a YAML document strictly.

    Parameters
    ----------
    path
        A UTF-8 file that holds one YAML mapping.

    Returns
    -------
    Entry
        The top mapping.

    Raises
    ------
    SourceNotFoundError
        There is no such file.
    DocumentError
        The text is not YAML or not UTF-8, a key stands twice, an alias or tag is
        used, or the top is no mapping.
    """
    path = Path(path)
    return loads(_text(path), path=path)


def load_own(path: Path) -> Entry:
    """Read a document that comes with the toolkit; as `load`, and sooner.

    By libyaml, which takes some texts otherwise than Python does and accepts some that
    it refuses. That it reads these documents alike, to the line, is tested for each.
    """
    text = _text(path)
    try:
        entry = _read(_Quick if _libyaml else _Loader, text, path)
    except yaml.YAMLError:  # somebody has changed it
        entry = None
    if entry is None:
        return loads(text, path=path)
    entry.mapping()
    return entry


def _text(path: Path) -> str:
    if not path.is_file():
        raise SourceNotFoundError(path, todo="check the path")
    try:
        return path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        raise DocumentError(
            path=path, line=1, key="(document)", expected="UTF-8 text", got=str(error)
        ) from error


def loads(text: str, *, path: Path | str = "<text>") -> Entry:
    """Read a YAML document from a string; `path` is used in messages only."""
    path = Path(path)
    entry = _said(text, path)
    if entry is None:
        entry = Entry(path, 1, "", None)
    entry.mapping()
    return entry


def _read(loads: type[_Loader | _Quick], text: str, path: Path) -> Entry | None:
    """Return what a text says; None where there is nothing but remarks."""
    loader = loads(text)
    try:
        node = loader.get_single_node()
        return _Tree(loader, path).entry(node, "") if node is not None else None
    finally:
        loader.dispose()


def _said(text: str, path: Path) -> Entry | None:
    """Return what a text says, or raise what is wrong with it."""
    try:
        return _read(_Loader, text, path)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        raise DocumentError(
            path=path,
            line=mark.line + 1 if mark else 1,
            key="(document)",
            expected="YAML",
            got=error.problem or str(error),
        ) from error
    except yaml.YAMLError as error:
        raise DocumentError(
            path=path, line=1, key="(document)", expected="YAML", got=str(error)
        ) from error


@dataclass(frozen=True, slots=True, eq=False)
class _Tree:
    """Turns composed nodes into entries.

    Attributes
    ----------
    loader
        Says what a scalar means.
    path
        Of the document.
    """

    loader: _Rules
    path: Path
    _seen: set[yaml.Node] = field(default_factory=set, init=False)

    def entry(self, node: yaml.Node, key: str, *, line: int | None = None) -> Entry:
        """Return a node as an `Entry`; `line` is that of its key, if it has one."""
        self._once(node)
        line = node.start_mark.line + 1 if line is None else line
        value: Scalar | tuple[Entry, ...] | dict[str, Entry]
        if isinstance(node, yaml.ScalarNode):
            value = self._scalar(node, key)
        elif isinstance(node, yaml.SequenceNode):
            value = tuple(
                self.entry(child, f"{key}.{at}" if key else str(at))
                for at, child in enumerate(node.value, start=1)
            )
        else:
            value = self._children(node, key)
        return Entry(self.path, line, key, value)

    def _once(self, node: yaml.Node) -> None:
        """Refuse an alias, as `_Rules` does where a text is taken apart in Python."""
        if node in self._seen:
            raise yaml.composer.ComposerError(
                None, None, "an alias (*name)", node.start_mark
            )
        self._seen.add(node)

    def _children(self, node: yaml.Node, key: str) -> dict[str, Entry]:
        """Return what stands under each key of a mapping; refuse a key twice."""
        found: dict[str, Entry] = {}
        for name_node, value_node in node.value:
            self._once(name_node)
            if not isinstance(name_node, yaml.ScalarNode):
                place = Entry(self.path, node.start_mark.line + 1, key, None)
                place.fail("plain keys", "a structured key")
            name, line = str(name_node.value), name_node.start_mark.line + 1
            full = f"{key}.{name}" if key else name
            if name in found:
                Entry(self.path, line, full, None).fail(
                    f"each key once (first on line {found[name].line})",
                    "a duplicate key",
                )
            found[name] = self.entry(value_node, full, line=line)
        return found

    def _scalar(self, node: yaml.ScalarNode, key: str) -> Scalar:
        """Return what a scalar stands for."""
        if node.tag == _TEXT:
            return str(node.value)
        try:
            value: Scalar = self.loader.construct_object(node)
        except (yaml.YAMLError, ValueError) as error:
            place = Entry(self.path, node.start_mark.line + 1, key, None)
            place.fail("a plain value", f"{node.value!r} ({error})")
        return value
