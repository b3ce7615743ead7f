"""Whether this process is there to read the files of others, and may die of one.

Some libraries end the process on a damaged file. A reader that uses one starts a
process for it, unless it already runs in one that nobody would miss: the child of
`layers.worker`, which may start no further ones.
"""

from __future__ import annotations

from contextvars import ContextVar

_EXPENDABLE: ContextVar[bool] = ContextVar("expendable", default=False)


def declare_expendable() -> None:
    """Say that this process may die of a file; said by a child when it starts."""
    _EXPENDABLE.set(True)


def is_expendable() -> bool:
    """Whether this process may die of a file."""
    return _EXPENDABLE.get()
