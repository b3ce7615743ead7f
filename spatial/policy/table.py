"""A table as conditions read it: each column counted out once, each value asked once.

Many rules ask the same of the same columns. What a comparison says depends on the
value alone, so it is asked of the values that occur and not of the rows; and it is
asked once, however many rules of a review hold it. A table lives as long as one review:
its settings and its day are those of that review.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from spatial.policy.comparison import UNKNOWN, comparison, is_empty

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Mapping

    from layers.layer import Setting
    from layers.spec import LayerSpec
    from spatial.policy import model

    Truth = np.ndarray[tuple[int], np.dtype[np.int8]]
    Mask = np.ndarray[tuple[int], np.dtype[np.bool_]]
    Codes = np.ndarray[tuple[int], np.dtype[np.int32]]


@dataclass(frozen=True, slots=True, eq=False)
class Column:
    """A column: which values occur, and which of them stands in each row.

    Attributes
    ----------
    cells
        (n,) objects, as they stand in the table.
    codes
        (n,) position in `occurring`; -1 where the value is missing.
    occurring
        The different values, in the order in which they first occur.
    blank
        For each of `occurring` whether nothing is written, and a last True, so that
        ``blank[codes]`` is true of what is missing.
    """

    cells: np.ndarray
    codes: Codes
    occurring: np.ndarray
    blank: Mask

    @classmethod
    def of(cls, cells: np.ndarray) -> Column:
        """Count out the values of a column of objects."""
        codes, occurring = pd.factorize(cells, use_na_sentinel=True)
        blank = np.array([*map(is_empty, occurring), True], dtype=bool)
        rows = codes.astype(np.int32)
        for kept in (rows, blank):
            kept.setflags(write=False)
        return cls(cells, rows, occurring, blank)


@dataclass(frozen=True, slots=True, eq=False)
class Table:
    """Sites or zones with their attributes, ready to be asked.

    Attributes
    ----------
    frame
        Canonical fields as columns; treated as read-only from here on.
    about
        What the columns mean.
    settings
        What the office has set, by name.
    on
        The day of the review; without it, how old a date is, is unknown.
    """

    frame: pd.DataFrame
    about: LayerSpec
    settings: Mapping[str, Setting]
    on: dt.date | None = None
    _columns: dict[tuple[str, bool], Column] = field(
        default_factory=dict, init=False, repr=False
    )
    _answers: dict[tuple[str, bool], Truth] = field(
        default_factory=dict, init=False, repr=False
    )

    def __len__(self) -> int:
        return len(self.frame)

    def column(self, name: str, *, standard: bool = False) -> Column:
        """Return a column by the name of its field.

        Parameters
        ----------
        name
            A canonical field; missing in every row where the table has no such column.
        standard
            Of the name field take ``name_standard`` where the table has it.
        """
        standard = standard and name == self.about.name_field
        standard = standard and "name_standard" in self.frame.columns
        if (name, standard) not in self._columns:
            self._columns[name, standard] = Column.of(
                self._values(name, standard=standard)
            )
        return self._columns[name, standard]

    def _values(self, name: str, *, standard: bool) -> np.ndarray:
        if name not in self.frame.columns:
            return np.full(len(self.frame), None, dtype=object)
        values: np.ndarray = self.frame[name].to_numpy(dtype=object)
        if standard:
            known = self.frame["name_standard"].to_numpy(dtype=object)
            values = np.where(pd.isna(known), values, known)
        return values

    def answers(self, test: model.Test, *, standard: bool = True) -> Truth:
        """Return what a comparison says of each value that occurs in its column.

        Returns
        -------
        ndarray of int8
            As `Column.occurring`, and a last `UNKNOWN`, so that ``answers[codes]`` is
            the answer in each row. Blank values are unknown.

        Raises
        ------
        InputRefusedError
            A setting is of the wrong type for the test.
        """
        # Not the test itself: a flag that is true and the number 1 are equal.
        key = (repr(test), standard)
        if key not in self._answers:
            column = self.column(test.name, standard=standard)
            judge = comparison(test, self.about, self.settings, on=self.on)
            said = [
                UNKNOWN if empty else judge(value)
                for value, empty in zip(column.occurring, column.blank, strict=False)
            ]
            answers: Truth = np.array([*said, UNKNOWN], dtype=np.int8)
            answers.setflags(write=False)
            self._answers[key] = answers
        return self._answers[key]
