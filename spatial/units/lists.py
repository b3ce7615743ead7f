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
    from collections.abc import Container, Iterator, Mapping
    from typing import Literal

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
            ListRecord(one.id, one.layer, one.title, self._status(one), "", one)
            for one in self.workspace.access_lists.values()
        ]
        lost = [
            ListRecord(
                one.id,
                one.layer,
                one.title,
                "unreadable" if self.on in one.valid else "not_in_force",
                one.reason,
                None,
            )
            for one in self.workspace.unavailable_lists.values()
        ]
        return (*there, *lost)

    def _status(self, found: AccessList) -> Literal["in_force", "not_in_force"]:
        return "in_force" if self.on in found.provenance.valid else "not_in_force"

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
            if one.status == "unreadable":
                yield _doubt("access_list_unreadable", one, why=one.reason)
            elif one.status == "in_force" and one.found is not None:
                yield from _in_itself(one, one.found)
            elif none_counts and one.found is not None:
                valid = str(one.found.provenance.valid)
                yield _doubt(
                    "access_list_not_in_force", one, valid=valid, on=str(self.on)
                )

    def stray(self, layers: Container[str]) -> Iterator[Unknown]:
        """Yield the lists that should count and whose layer of units does not.

        Parameters
        ----------
        layers
            Ids of the layers of units that were readable and in force on the day.
        """
        for one in self.records:
            if one.status != "not_in_force" and one.layer not in layers:
                why = message(
                    "doubt.access_list_stray",
                    title=one.title,
                    list=one.id,
                    layer=one.layer,
                )
                yield Unknown(-1, one.id, "access_list_not_in_force", one.id, why)

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
