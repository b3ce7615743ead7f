"""Lists that many sites have alike, each told once.

What is unknown of a site, and what its applicant is to be asked, is a list. Of 100,000
sites with all the law of a nation that is millions of rows, and a handful of different
lists. A reader who has the list of each number, and the number of each site, has it
all.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Generic, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable, Iterable

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Lists(Generic[T]):
    """Different lists, and which of them each site has.

    Attributes
    ----------
    lists
        In the order of the first site that has each; an empty list is one too.
    which
        For each site the position of its list in `lists`.
    sites
        For each of `lists` how many sites have it.
    """

    lists: tuple[tuple[T, ...], ...]
    which: tuple[int, ...]
    sites: tuple[int, ...]

    @classmethod
    def of(
        cls, said: Iterable[tuple[T, ...]], key: Callable[[T], Hashable]
    ) -> Lists[T]:
        """Find out which lists are alike.

        Parameters
        ----------
        said
            The list of each site; somebody else holds them all meanwhile.
        key
            Returns what tells an entry from others.
        """
        keys: dict[int, Hashable] = {}

        def told(entry: T) -> Hashable:
            if id(entry) not in keys:
                keys[id(entry)] = key(entry)
            return keys[id(entry)]

        place: dict[tuple[Hashable, ...], int] = {}
        seen: dict[int, int] = {}
        lists: list[tuple[T, ...]] = []
        which, sites = [], []
        for one in said:
            at = seen.get(id(one))
            if at is None:
                at = place.setdefault(tuple(map(told, one)), len(lists))
                if at == len(lists):
                    lists.append(one)
                    sites.append(0)
                if lists[at] is one:  # is kept, so that its identity stays its own
                    seen[id(one)] = at
            which.append(at)
            sites[at] += 1
        return cls(tuple(lists), tuple(which), tuple(sites))

    @property
    def rows(self) -> int:
        """How many rows there are if each site's list is spelled out."""
        pairs = zip(self.lists, self.sites, strict=True)
        return sum(len(one) * many for one, many in pairs)

    @property
    def rows_once(self) -> int:
        """How many rows there are if each list stands once."""
        return sum(map(len, self.lists))
