"""Lacks: many unknowns, held as sites and reasons, spelled out one by one when asked.

A layer that is missing is a reason at every site, for every rule that asks for it: with
100,000 sites that is millions of `Unknown`, and a handful of different ones.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, overload

import numpy as np

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

    def distinct(self) -> tuple[Unknown, ...]:
        """Return the reasons that occur, without site, in the order they first do."""
        used, first = np.unique(self.which, return_index=True)
        return tuple(self.reasons[at] for at in used[np.argsort(first)].tolist())

    def of_sites(self, sites: int) -> list[tuple[Unknown, ...]]:
        """Return for each of so many sites its reasons, without site.

        Sites with the same reasons share one tuple.
        """
        ordered = self.by_site()
        ends = np.cumsum(np.bincount(ordered.site, minlength=sites)).tolist()
        made: dict[bytes, tuple[Unknown, ...]] = {}
        result, start = [], 0
        for end in ends:
            rows = ordered.which[start:end]
            key = rows.tobytes()
            if key not in made:
                made[key] = tuple(self.reasons[at] for at in rows.tolist())
            result.append(made[key])
            start = end
        return result

    def sites_by_rule(self) -> Mapping[str, int]:
        """Return for each rule that is named how many sites have any."""
        rows: dict[str, list[int]] = {}
        for at, one in enumerate(self.reasons):
            rows.setdefault(one.rule, []).append(at)
        return {
            rule: len(np.unique(self.site[np.isin(self.which, at)]))
            for rule, at in rows.items()
        }
