"""Desk: what the judge reads again and again while one review is judged.

The shelf has the layers; on the desk lie their tables counted out (see
`spatial.policy.table`) and the names of their zones. A desk is made for one judgement
and goes with it.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from layers.spec import spec
from layers.text import Message
from spatial.policy.place import Labels, labels
from spatial.policy.table import Table

if TYPE_CHECKING:
    from collections.abc import Mapping

    from layers.text import Fact
    from spatial.shelf import Shelf

SITES = "project_site"


@dataclass(frozen=True, slots=True, eq=False)
class Desk:
    """The tables of one review, each made when it is first asked for.

    Attributes
    ----------
    shelf
        Sites, layers and settings on the day.
    """

    shelf: Shelf
    _tables: dict[str, Table] = field(default_factory=dict, init=False, repr=False)
    _labels: dict[str, Labels] = field(default_factory=dict, init=False, repr=False)
    _said: dict[tuple[str | None, ...], Message] = field(
        default_factory=dict, init=False, repr=False
    )

    @property
    def sites(self) -> Table:
        """The sites with what their projects state."""
        return self._table(SITES)

    def zones(self, kind: str) -> Table:
        """Return the zones of a kind, in the order of ``Shelf.zones``."""
        return self._table(kind)

    def labels(self, kind: str) -> Labels:
        """Return what the zones of a kind are called, in the same order."""
        if kind not in self._labels:
            self._labels[kind] = labels(kind, self.shelf)
        return self._labels[kind]

    def sentence(
        self,
        key: str,
        numbers: Mapping[str, str],
        *,
        kind: str | None,
        layer: str,
        zone: str,
    ) -> Message:
        """Return why a relation holds; the same facts give the same object.

        Many rules speak of the same overlap.
        """
        known = (key, kind, layer, zone, *numbers.values())
        if known not in self._said:
            facts: dict[str, Fact] = {}
            if kind is not None:
                facts = {"layer": layer, "zone": zone, "kind": spec(kind).title}
            self._said[known] = Message(key, {**facts, **numbers})
        return self._said[known]

    def _table(self, kind: str) -> Table:
        if kind not in self._tables:
            shelf = self.shelf
            frame = shelf.sites if kind == SITES else shelf.zones(kind)
            self._tables[kind] = Table(frame, spec(kind), shelf.settings, shelf.on)
        return self._tables[kind]
