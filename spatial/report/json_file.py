r"""result.json as text, site by site: what many sites share is spelled out once.

The text is what ``json.dumps(value, ensure_ascii=False, indent=1)`` gives. That
function goes through Python code for every value as soon as there is an indent, and
builds the whole text before the first byte can be written.
"""

from __future__ import annotations

import math
from functools import lru_cache
from json.encoder import encode_basestring
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping
    from pathlib import Path


class Spelled(str):
    """A value that is JSON already, indented for its place."""

    __slots__ = ()


def spelled(value: object, *, depth: int = 0) -> Spelled:
    r"""Return a value as JSON with one space of indent a level.

    Parameters
    ----------
    value
        Mappings with text keys, lists, tuples, texts, numbers, flags, None, and
        `Spelled`.
    depth
        Level at which it will stand.

    Raises
    ------
    ValueError
        A number is not finite: a slip of ours, and no valid JSON.

    Examples
    --------
    >>> print(spelled({"area_m2": 1.5, "names": ["红线"], "none": []}))
    {
     "area_m2": 1.5,
     "names": [
      "红线"
     ],
     "none": []
    }
    """
    pieces: list[str] = []
    _spell(value, "\n" + " " * depth, pieces.append)
    return Spelled("".join(pieces))


def _spell(value: Any, line: str, put: Callable[[str], None]) -> None:  # noqa: ANN401
    """Put the text of a value, piece by piece; `line` begins a line at its level."""
    leaf = _LEAVES.get(type(value))
    if leaf is None and type(value) not in (dict, list, tuple):
        leaf = _leaf_of_kin(value)
    if leaf is not None:
        put(leaf(value))
    elif not value:
        put("{}" if isinstance(value, dict) else "[]")
    else:
        _spell_many(value, line, put)


def _spell_many(value: Any, line: str, put: Callable[[str], None]) -> None:  # noqa: ANN401
    """Put the text of a mapping or a list that is not empty."""
    inner = line + " "
    if isinstance(value, dict):
        before = "{" + inner
        for key, one in value.items():
            leaf = _LEAVES.get(type(one))
            if leaf is not None:
                put(f"{before}{_key(key)}: {leaf(one)}")
            else:
                put(f"{before}{_key(key)}: ")
                _spell(one, inner, put)
            before = "," + inner
        put(line + "}")
        return
    before = "[" + inner
    for one in value:
        put(before)
        _spell(one, inner, put)
        before = "," + inner
    put(line + "]")


def _number(value: float) -> str:
    if not math.isfinite(value):
        msg = f"expected a finite number, got {value!r}"
        raise ValueError(msg)
    return float.__repr__(value)


_LEAVES: dict[type, Callable[[Any], str]] = {
    Spelled: str,
    str: encode_basestring,
    int: int.__repr__,
    float: _number,
    bool: lambda value: "true" if value else "false",
    type(None): lambda _: "null",
}


def _leaf_of_kin(value: object) -> Callable[[Any], str] | None:
    """Return what spells a value of a type made from one of JSON's own."""
    kin = (one for one in _LEAVES if isinstance(value, one))
    return next((_LEAVES[one] for one in kin), None)


@lru_cache(maxsize=1_000)
def _key(name: str) -> str:
    return encode_basestring(name)


class Once:
    """Spells each object once, however often it stands in a report.

    It is known by identity, so it must not change; it is kept, so that its identity
    stays its own.
    """

    def __init__(self, told: Callable[[Any], object], *, depth: int) -> None:
        self._told = told
        self._depth = depth
        self._made: dict[int, tuple[object, Spelled]] = {}

    def __call__(self, one: object) -> Spelled:
        """Return the text of an object."""
        made = self._made.get(id(one))
        if made is None:
            made = (one, spelled(self._told(one), depth=self._depth))
            self._made[id(one)] = made
        return made[1]


def write_json(
    path: Path,
    *,
    head: Mapping[str, Any],
    items: tuple[str, Iterable[object]],
    tail: Mapping[str, Any],
) -> None:
    """Write a mapping of which one entry is a long list, item by item.

    Parameters
    ----------
    path
        File to write: UTF-8, line feeds, one at the end. An unpaired surrogate (from
        a broken encoding) cannot be stored as UTF-8 and becomes ``?``.
    head, tail
        What stands before and after the list; neither is empty.
    items
        Name of the list, and what it holds: taken one at a time, so that they need
        not all exist at once.
    """
    key, values = items
    with path.open("w", encoding="utf-8", errors="replace", newline="\n") as stream:
        stream.write(spelled(head)[: -len("\n}")])
        stream.write(f",\n {encode_basestring(key)}: [")
        before, end = "\n  ", "]"
        for one in values:
            stream.write(before)
            stream.write(spelled(one, depth=2))
            before, end = ",\n  ", "\n ]"
        stream.write(f"{end},{spelled(tail)[1:]}\n")
