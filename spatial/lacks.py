"""Lacks: many unknowns, held as sites and reasons, spelled out one by one when asked.

A layer that is missing is a reason at every site, for every rule that asks for it: with
100,000 sites that is millions of `Unknown`, and a handful of different ones. Nor do
sites differ much in what is unknown of them: `SharedLacks` holds each list of reasons
once, and for each site which list is its own.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, overload

import numpy as np
import pandas as pd

from spatial.finding import OUTCOMES, Unknown

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from spatial.finding import Outcome
    from spatial.measure.ellipsoid import Integers

    Mask = np.ndarray[tuple[int], np.dtype[np.bool_]]


def _none() -> Integers:
    return np.zeros(0, dtype=np.int64)


@dataclass(frozen=True, slots=True, eq=False)
class Lacks(Sequence[Unknown]):
    """Unknowns in an order; a read-only sequence of `Unknown`.

    Attributes
    ----------
    site
        (n,) position of the site of each.
    which
        (n,) its reason: a position in `reasons`.
    reasons
        What they say, without a site (``site == -1``).
    """

    site: Integers = field(default_factory=_none)
    which: Integers = field(default_factory=_none)
    reasons: tuple[Unknown, ...] = ()

    @classmethod
    def at(cls, sites: Integers, *reasons: Unknown) -> Lacks:
        """Return some reasons at some sites: by site, then in the order given."""
        rows = np.asarray(sites, dtype=np.int64)
        which = np.tile(np.arange(len(reasons)), len(rows))
        return cls(np.repeat(rows, len(reasons)), which, reasons)

    @classmethod
    def each(cls, said: Iterable[tuple[int, Unknown]]) -> Lacks:
        """Return pairs of site and reason in their order; equal objects stand once."""
        place: dict[int, int] = {}
        reasons: list[Unknown] = []
        sites, which = [], []
        for site, reason in said:
            if id(reason) not in place:
                place[id(reason)] = len(reasons)
                reasons.append(reason)
            sites.append(site)
            which.append(place[id(reason)])
        return cls(
            np.array(sites, dtype=np.int64),
            np.array(which, dtype=np.int64),
            tuple(reasons),
        )

    @classmethod
    def joined(cls, parts: Iterable[Lacks]) -> Lacks:
        """Return all of some lacks, one after the other."""
        some = [one for one in parts if len(one)]
        if len(some) == 1:
            return some[0]
        starts = np.cumsum([0, *(len(one.reasons) for one in some)])
        which = [one.which + at for one, at in zip(some, starts, strict=False)]
        return cls(
            np.concatenate([_none(), *(one.site for one in some)]),
            np.concatenate([_none(), *which]),
            tuple(reason for one in some for reason in one.reasons),
        )

    def __len__(self) -> int:
        return len(self.site)

    @overload
    def __getitem__(self, at: int) -> Unknown: ...
    @overload
    def __getitem__(self, at: slice) -> Lacks: ...
    def __getitem__(self, at: int | slice) -> Unknown | Lacks:
        if isinstance(at, slice):
            return self._rows(np.arange(len(self))[at])
        reason: Unknown = self.reasons[int(self.which[at])]
        return replace(reason, site=int(self.site[at]))

    def __iter__(self) -> Iterator[Unknown]:
        for site, which in zip(self.site.tolist(), self.which.tolist(), strict=True):
            one = self.reasons[which]
            yield replace(one, site=site)

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Lacks | tuple):
            return NotImplemented
        return len(self) == len(other) and tuple(self) == tuple(other)

    __hash__ = None  # type: ignore[assignment]  # arrays inside

    def _rows(self, rows: np.ndarray) -> Lacks:
        return Lacks(self.site[rows], self.which[rows], self.reasons)

    def where(self, sites: Mask) -> Lacks:
        """Return those at the sites of a mask."""
        return self._rows(np.flatnonzero(sites[self.site]))

    def mask(self, sites: int) -> Mask:
        """Return which of so many sites have any."""
        found = np.zeros(sites, dtype=bool)
        found[self.site] = True
        return found

    def by_site(self) -> Lacks:
        """Return them ordered by site; within a site the order stays."""
        return self._rows(np.argsort(self.site, kind="stable"))

    def of_rule(self, rule: str, *, is_advice: bool = False) -> Lacks:
        """Return them as unknowns of a rule, or of an advice that it gives."""
        named = (replace(o, rule=rule, is_advice=is_advice) for o in self.reasons)
        return Lacks(self.site, self.which, tuple(named))

    def at_most(self, outcome: Outcome) -> Lacks:
        """Return them as unknowns that lead to nothing more severe than an outcome."""
        mild = (replace(one, at_most=outcome) for one in self.reasons)
        return Lacks(self.site, self.which, tuple(mild))

    def first_of_each(self) -> Lacks:
        """Return the first of each site, rule, kind and what; the order stays.

        What leaves an advice open does not stand for what leaves the rule open, and
        of several the one that could lead to the most severe outcome is kept.
        """
        code: dict[tuple[str, str, str, bool], int] = {}
        codes = [
            code.setdefault((one.rule, one.kind, one.what, one.is_advice), len(code))
            for one in self.reasons
        ]
        of_row = np.array(codes, dtype=np.int64)[self.which]
        key = self.site * max(len(code), 1) + of_row
        mild = np.array([OUTCOMES.index(one.at_most) for one in self.reasons], int)
        by_weight = np.lexsort((mild[self.which], key))
        _, first = np.unique(key, return_index=True)
        _, heaviest = np.unique(key[by_weight], return_index=True)
        which = self.which[by_weight[heaviest]]
        order = np.argsort(first)
        return Lacks(self.site[first][order], which[order], self.reasons)

    def codes(self, sites: int) -> Integers:
        """Return a number for each of so many sites: equal where the reasons are."""
        own = self if (np.diff(self.site) >= 0).all() else self.by_site()
        if len(own.reasons) == 1 and np.array_equal(own.site, np.arange(sites)):
            return np.ones(sites, dtype=np.int64)  # one reason, the same for all
        starts = np.flatnonzero(np.diff(own.site, prepend=-1))
        many = np.diff(np.append(starts, len(own)))
        code = np.zeros(sites, dtype=np.int64)
        used = 1  # 0: without a reason
        for rank in range(int(many.max(initial=0))):
            rows = starts[many > rank]
            at = own.site[rows]
            key = code[at] * len(own.reasons) + own.which[rows + rank]
            fresh, kinds = pd.factorize(key)
            code[at] = fresh + used
            used += len(kinds)
        return code

    def lists(self, sites: Integers) -> list[tuple[Unknown, ...]]:
        """Return the reasons of some sites, which ascend and are all it speaks of."""
        ordered = self.by_site()
        ends = np.searchsorted(ordered.site, sites, side="right").tolist()
        reasons = [self.reasons[at] for at in ordered.which.tolist()]
        starts = [0, *ends]
        return [tuple(reasons[a:b]) for a, b in zip(starts, ends, strict=False)]


@dataclass(frozen=True, slots=True, eq=False)
class SharedLacks(Sequence[Unknown]):
    """What is unknown of each site; a read-only sequence of `Unknown`, by site.

    Attributes
    ----------
    which
        (n,) for every site which of `told` is its own; they are counted in the order
        of the first site that has each.
    told
        Lists of reasons, without a site (``site == -1``).
    """

    which: Integers = field(default_factory=_none)
    told: tuple[tuple[Unknown, ...], ...] = ()

    @classmethod
    def of(
        cls, parts: Iterable[Lacks | SharedLacks], sites: int, *, once: bool = False
    ) -> SharedLacks:
        """Return the lacks of so many sites, of each in the order of the parts.

        Parameters
        ----------
        parts
            One after the other.
        sites
            How many there are; none of the parts speaks of another.
        once
            Keep of each site `Lacks.first_of_each` alone.
        """
        some = [one for one in parts if len(one)]
        which = np.zeros(sites, dtype=np.int64)
        for codes in (one.codes(sites) for one in some):
            if (codes != codes[0]).any():
                which = pd.factorize(which * (codes.max() + 1) + codes)[0]
        _, first = np.unique(which, return_index=True)
        wanted = np.zeros(sites, dtype=bool)
        wanted[first] = True
        rows = Lacks.joined(one.where(wanted) for one in some)
        rows = rows.first_of_each() if once else rows
        return cls(which, tuple(rows.lists(first)))

    def __len__(self) -> int:
        return int(self._many().sum())

    @overload
    def __getitem__(self, at: int) -> Unknown: ...
    @overload
    def __getitem__(self, at: slice) -> tuple[Unknown, ...]: ...
    def __getitem__(self, at: int | slice) -> Unknown | tuple[Unknown, ...]:
        return tuple(self)[at]

    def __iter__(self) -> Iterator[Unknown]:
        for site, which in enumerate(self.which.tolist()):
            for one in self.told[which]:
                yield replace(one, site=site)

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Lacks | SharedLacks | tuple):
            return NotImplemented
        return len(self) == len(other) and tuple(self) == tuple(other)

    __hash__ = None  # type: ignore[assignment]  # arrays inside

    def _many(self) -> Integers:
        """Return how many reasons each site has."""
        many = np.array([len(one) for one in self.told], dtype=np.int64)
        return many[self.which]

    def codes(self, sites: int) -> Integers:  # noqa: ARG002  as for `Lacks`
        """Return a number for each site: equal where the reasons are."""
        return self.which

    def where(self, sites: Mask) -> Lacks:
        """Return those at the sites of a mask."""
        at = np.flatnonzero(sites).tolist()
        return Lacks.each(
            (one, why) for one in at for why in self.told[self.which[one]]
        )

    def of_sites(self) -> list[tuple[Unknown, ...]]:
        """Return for each site its reasons, without site; equal ones are one object."""
        return [self.told[which] for which in self.which.tolist()]

    def distinct(self) -> tuple[Unknown, ...]:
        """Return the reasons that occur, without site, in the order they first do."""
        return tuple({id(one): one for told in self.told for one in told}.values())

    def sites_by_rule(self) -> Mapping[str, int]:
        """Return for each rule that is named how many sites have any."""
        sites = np.bincount(self.which, minlength=len(self.told)).tolist()
        found: dict[str, int] = {}
        for told, many in zip(self.told, sites, strict=True):
            for rule in {one.rule for one in told}:
                found[rule] = found.get(rule, 0) + many
        return found
