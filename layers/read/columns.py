"""What the columns of a source hold, in words that people know."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

from pandas.api import types as dtypes

if TYPE_CHECKING:
    from collections.abc import Iterator

    import pandas as pd

TYPES = ("text", "number", "date", "flag", "empty", "mixed")
_OF: tuple[tuple[type | tuple[type, ...], str], ...] = (
    (bool, "flag"),
    ((int, float), "number"),
    ((dt.date, dt.time), "date"),
    (str, "text"),
)


def types_of(table: pd.DataFrame) -> Iterator[str]:
    """Yield the type of each column: one of `TYPES`.

    Parameters
    ----------
    table
        Attributes as the source has them.

    Returns
    -------
    iterator of str
        In the order of the columns. ``empty``: no cell has a value (a text of blanks
        is none). ``mixed``: values of more than one type.
    """
    for at in range(table.shape[1]):
        yield _type_of(table.iloc[:, at])


def _type_of(column: pd.Series) -> str:
    """Return the type of one column."""
    held = column.dropna()
    if not len(held):
        return "empty"
    if dtypes.is_bool_dtype(held.dtype):
        return "flag"
    if dtypes.is_numeric_dtype(held.dtype):
        return "number"
    if dtypes.is_datetime64_any_dtype(held.dtype):
        return "date"
    found = {_of(value) for value in held.tolist()} - {"empty"}
    if not found:
        return "empty"
    return found.pop() if len(found) == 1 else "mixed"


def _of(value: object) -> str:
    """Return the type of one cell."""
    if isinstance(value, str) and not value.strip():
        return "empty"
    return next((name for kind, name in _OF if isinstance(value, kind)), "mixed")
