"""The access lists on one day: which count, and why one does not."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from layers.text import message
from spatial.finding import Unknown
from spatial.units.model import ListRecord

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterator, Mapping

    from layers.layer import Workspace
    from layers.requirement import AccessList, Requirement


@dataclass(frozen=True)
class Lists:
    """The access lists of a workspace on one day.

    Attributes
    ----------
    workspace, on
        The office and the day.
    """

    workspace: Workspace
    on: dt.date

    @cached_property
    def records(self) -> tuple[ListRecord, ...]:
        """Every list that the workspace names: those that were read, then the rest."""
        there = [
            ListRecord(
                one.id,
                one.layer,
                one.title,
                "in_force" if self.on in one.provenance.valid else "not_in_force",
                "",
                one,
            )
            for one in self.workspace.access_lists.values()
        ]
        lost = [
            ListRecord(one.id, one.layer, one.title, "unreadable", one.reason, None)
            for one in self.workspace.unavailable_lists.values()
        ]
        return (*there, *lost)

    def of_layer(self, layer: str) -> tuple[ListRecord, ...]:
        """Return the lists that speak of a layer."""
        return tuple(one for one in self.records if one.layer == layer)

    def in_force(self, layer: str) -> tuple[AccessList, ...]:
        """Return the lists of a layer that count on the day."""
        return tuple(
            one.found
            for one in self.of_layer(layer)
            if one.status == "in_force" and one.found is not None
        )

    @cached_property
    def _requirements(self) -> Mapping[str, Mapping[str, tuple[Requirement, ...]]]:
        return {one.id: one.by_unit() for one in self.workspace.access_lists.values()}

    def required(self, layer: str, unit: str) -> tuple[Requirement, ...]:
        """Return what the lists of a layer require in a unit, list by list."""
        return tuple(
            requirement
            for one in self.in_force(layer)
            for requirement in self._requirements[one.id].get(unit, ())
        )

    def doubts(self, layer: str) -> Iterator[Unknown]:
        """Yield what keeps the lists of a layer from being believed anywhere in it."""
        none_counts = not self.in_force(layer)
        for one in self.of_layer(layer):
            if one.found is None:
                yield _doubt("access_list_unreadable", one, why=one.reason)
            elif one.status == "in_force":
                yield from _in_itself(one, one.found)
            elif none_counts:
                valid = str(one.found.provenance.valid)
                yield _doubt(
                    "access_list_not_in_force", one, valid=valid, on=str(self.on)
                )

    def losses(self, layer: str, unit: str) -> Iterator[Unknown]:
        """Yield the rows about a unit that were set aside, list by list."""
        for one in self.in_force(layer):
            rows = sum(lost.unit == unit for lost in one.lost)
            if rows:
                record = ListRecord(one.id, layer, one.title, "in_force", "", one)
                yield _doubt("access_list_read_with_loss", record, rows=rows)


def _in_itself(record: ListRecord, found: AccessList) -> Iterator[Unknown]:
    """Yield the doubts that lie in what a list says, or does not say, of itself."""
    if not found.provenance.valid.is_stated:
        yield _doubt("access_list_validity_unknown", record)
    anywhere = sum(lost.unit is None for lost in found.lost)
    if anywhere:
        yield _doubt("access_list_read_with_loss", record, rows=anywhere)


def _doubt(kind: str, record: ListRecord, /, **facts: str | float) -> Unknown:
    """Return a doubt about a list, without a site."""
    why = message(f"doubt.{kind}", title=record.title, list=record.id, **facts)
    return Unknown(-1, record.id, kind, record.id, why)  # type: ignore[arg-type]
