"""One line of the table of broken files: one defect, and what must be said of it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path


@dataclass(frozen=True, slots=True)
class Broken:
    """A file with one defect.

    Attributes
    ----------
    name
        What is wrong, in words.
    make
        Makes the file in a folder and returns its path.
    outcome
        ``refused``: an error says why. ``told``: all rows are kept, an issue says
        what. ``aside``: some rows are set aside with their reason, the others kept.
    words
        What the error (English) or the sentence of the issue (Chinese) must hold.
    code
        Code of the issue; empty where refused.
    rows
        Rows that are set aside.
    kind, stated
        How it is read.
    """

    name: str
    make: Callable[[Path], Path]
    outcome: Literal["refused", "told", "aside"]
    words: tuple[str, ...]
    code: str = ""
    rows: tuple[int, ...] = ()
    kind: str = "ecological_redline"
    stated: Mapping[str, object] = field(default_factory=dict)


def refused(name, make, *words, **more):
    return Broken(name, make, "refused", words, **more)


def told(name, make, code, *words, **more):
    return Broken(name, make, "told", words, code=code, **more)


def aside(name, make, code, rows, *words, **more):
    return Broken(name, make, "aside", words, code=code, rows=rows, **more)
