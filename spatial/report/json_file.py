r"""result.json as text, site by site: what many sites share is spelled out once.

The text is what ``json.dumps(value, ensure_ascii=False, indent=1)`` gives. That
function goes through Python code for every value as soon as there is an indent, and
builds the whole text before the first byte can be written.
"""

from __future__ import annotations

import math
from json.encoder import encode_basestring
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping
    from pathlib import Path

_WORDS = {None: "null", True: "true", False: "false"}


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
    return Spelled("".join(_pieces(value, "\n" + " " * depth)))


def _pieces(value: Any, line: str) -> Iterator[str]:  # noqa: ANN401  what JSON holds
    """Yield the text of a value; `line` begins a line at its level."""
    if isinstance(value, Spelled):
        yield value
    elif isinstance(value, str):
        yield encode_basestring(value)
    elif value is None or isinstance(value, bool):
        yield _WORDS[value]
    elif isinstance(value, int | float):
        yield _number(value)
    elif not value:
        yield "{}" if isinstance(value, dict) else "[]"
    else:
        yield from _many(value, line)


def _number(value: float) -> str:
    if isinstance(value, int):
        return int.__repr__(value)
    if not math.isfinite(value):
        msg = f"expected a finite number, got {value!r}"
        raise ValueError(msg)
    return float.__repr__(value)


def _many(value: Any, line: str) -> Iterator[str]:  # noqa: ANN401  what JSON holds
    """Yield the text of a mapping or a list that is not empty."""
    inner = line + " "
    is_mapping = isinstance(value, dict)
    before = ("{" if is_mapping else "[") + inner
    for one in value:
        yield before
        if is_mapping:
            yield encode_basestring(one)
            yield ": "
        yield from _pieces(value[one] if is_mapping else one, inner)
        before = "," + inner
    yield line + ("}" if is_mapping else "]")


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
            stream.writelines(_pieces(one, "\n  "))
            before, end = ",\n  ", "\n ]"
        stream.write(f"{end},{spelled(tail)[1:]}\n")
