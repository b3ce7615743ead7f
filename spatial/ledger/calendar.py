"""Working days: weekends, holidays as data, and whether a result is certain."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from layers import document

if TYPE_CHECKING:
    from collections.abc import Mapping

    from layers.document import Entry

OWN = Path(__file__).with_name("holidays.yaml")
_SATURDAY = 5


@dataclass(frozen=True, slots=True)
class Day:
    """A day that was reckoned, and whether every year on the way has its table."""

    on: dt.date
    certain: bool


@dataclass(frozen=True, slots=True)
class Calendar:
    """Which days are worked.

    Attributes
    ----------
    holidays
        Days off that are no weekend, by year.
    workdays
        Saturdays and Sundays that are worked, by year. A year is in both or in none.
    """

    holidays: Mapping[int, frozenset[dt.date]] = field(default_factory=dict)
    workdays: Mapping[int, frozenset[dt.date]] = field(default_factory=dict)

    def knows(self, year: int) -> bool:
        """Say whether the table of a year is there."""
        return year in self.holidays

    def is_worked(self, day: dt.date) -> bool:
        """Say whether a day is worked; without a table, by weekends alone."""
        if day in self.workdays.get(day.year, frozenset()):
            return True
        if day.weekday() >= _SATURDAY:
            return False
        return day not in self.holidays.get(day.year, frozenset())

    def after(
        self, start: dt.date, days: int, *, unit: Literal["working", "calendar"]
    ) -> Day:
        """Return the day so many days after `start`, which itself does not count.

        Parameters
        ----------
        start
            The day of the event.
        days
            0 or more.
        unit
            ``calendar``: every day counts, and the result is certain; ``working``: days
            that are worked count.

        Returns
        -------
        Day
            Not certain when a year on the way has no table: then weekends alone were
            counted, and the true day may be earlier or later.

        Examples
        --------
        >>> friday = dt.date(2026, 11, 20)
        >>> Calendar().after(friday, 3, unit="working")
        Day(on=datetime.date(2026, 11, 25), certain=False)
        >>> Calendar().after(friday, 3, unit="calendar")
        Day(on=datetime.date(2026, 11, 23), certain=True)
        """
        if unit == "calendar":
            return Day(start + dt.timedelta(days=days), certain=True)
        day, left = start, days
        while left:
            day += dt.timedelta(days=1)
            left -= self.is_worked(day)
        years = range(start.year, day.year + 1)
        return Day(day, certain=all(self.knows(year) for year in years))


def load_calendar(path: Path | str = OWN) -> Calendar:
    """Read a table of holidays.

    Parameters
    ----------
    path
        A file in the form of ``holidays.yaml``.

    Raises
    ------
    DocumentError
        A year without its source, a day of another year, a holiday on a weekend, a
        worked day that is none, or whatever else is not in that form.
    """
    return _own() if path == OWN else _calendar(document.load(path))


@cache
def _own() -> Calendar:
    return _calendar(document.load_own(OWN))


def _calendar(top: Entry) -> Calendar:
    """Return what a document says."""
    top.only("years")
    holidays: dict[int, frozenset[dt.date]] = {}
    workdays: dict[int, frozenset[dt.date]] = {}
    for name, entry in top.need("years").mapping().items():
        if not (name.isdecimal() and len(name) == 4):  # noqa: PLR2004
            entry.fail("a year of four digits", repr(name))
        entry.only("source", "holidays", "workdays")
        entry.need("source").text()
        year = int(name)
        holidays[year] = _days(entry.need("holidays"), year, weekend=False)
        workdays[year] = _days(entry.need("workdays"), year, weekend=True)
    return Calendar(holidays, workdays)


def _days(entry: Entry, year: int, *, weekend: bool) -> frozenset[dt.date]:
    """Return the days of a list, all in their year and of the right sort."""
    found = set()
    for one in entry:
        day = one.date()
        if day.year != year:
            one.fail(f"a day of {year}")
        if (day.weekday() >= _SATURDAY) != weekend:
            one.fail(
                "a Saturday or Sunday" if weekend else "a day from Monday to Friday"
            )
        found.add(day)
    return frozenset(found)
