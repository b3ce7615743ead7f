"""Errors on their way from one process to another: the same class, the same parts."""

from __future__ import annotations

import inspect
from pathlib import Path, PurePath
from typing import TYPE_CHECKING, cast

from layers import errors
from layers.text import Message
from layers.worker.codec import Shown, read, shown

if TYPE_CHECKING:
    from collections.abc import Callable

    from layers.text import Fact


def packed(error: errors.ToolkitError) -> dict[str, Shown]:
    """Return an error of ours as JSON can write it."""
    names = _parts(type(error))
    parts = {one: shown(getattr(error, one)) for one in names}
    return {
        "error": type(error).__name__,
        "parts": parts,
        "words": [] if names else [str(one) for one in error.args],
    }


def unpacked(
    packet: dict[str, Shown], rename: Callable[[str], str]
) -> errors.ToolkitError:
    """Return the error, every text in it passed through `rename`."""
    kind = cast("type[errors.ToolkitError]", getattr(errors, packet["error"]))
    parts = {name: renamed(read(one), rename) for name, one in packet["parts"].items()}
    words = [rename(one) for one in packet["words"]]
    made = _by_name(kind, parts) if parts else kind(*words)
    return cast("errors.ToolkitError", made)


def renamed(value: object, rename: Callable[[str], str]) -> object:
    """Return a value with `rename` applied to every text in it."""
    if isinstance(value, str):
        return rename(value)
    if isinstance(value, Message):
        return Message(value.key, cast("dict[str, Fact]", renamed(value.facts, rename)))
    if isinstance(value, PurePath):
        return Path(rename(str(value)))
    if isinstance(value, list | tuple):
        return type(value)(renamed(one, rename) for one in value)
    if isinstance(value, dict):
        return {key: renamed(one, rename) for key, one in value.items()}
    return value


def _parts(kind: type) -> list[str]:
    """Return the names of what an error class is made from."""
    made_by = next(
        vars(one)["__init__"] for one in kind.__mro__ if "__init__" in vars(one)
    )
    if not inspect.isfunction(made_by):  # Python's own: it takes any words
        return []
    wanted = inspect.signature(kind).parameters.values()
    return [
        one.name
        for one in wanted
        if one.name != "self" and one.kind not in {one.VAR_POSITIONAL, one.VAR_KEYWORD}
    ]


def _by_name(kind: type, parts: dict[str, object]) -> object:
    """Make an error from its parts; `SourceNotFoundError` takes one by position."""
    first = [
        parts.pop(one.name)
        for one in inspect.signature(kind).parameters.values()
        if one.kind is not one.KEYWORD_ONLY and one.name in parts
    ]
    return kind(*first, **parts)
