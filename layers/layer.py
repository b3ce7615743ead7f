"""Layer: what crosses from `layers/` to `spatial/`. Frozen, in one frame, explained."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np
import shapely

from layers.card import Card, CardTable, card_html
from layers.provenance import Coverage, Provenance, Tolerance
from layers.text import TEXTS

if TYPE_CHECKING:
    from collections.abc import Mapping

    import geopandas as gpd

    from layers.base_map import BaseMap
    from layers.issue import DataIssue, Quarantined
    from layers.requirement import AccessList, UnavailableList
    from layers.spec import LayerSpec
    from layers.text import Lang

MOST_LAYERS = 40
"""Layers of a workspace that its card lists."""
FRAME = "EPSG:4490"
"""The one frame: CGCS2000 longitude/latitude, x = longitude, y = latitude."""


@dataclass(frozen=True, slots=True)
class Layer:
    """A layer that can be relied on.

    Attributes
    ----------
    id
        Id in the workspace, or the kind for a layer read by itself.
    spec
        What a layer of its kind holds.
    frame
        GeoDataFrame in EPSG:4490. Index: ``row`` in the source, int, ascending.
        Columns: ``feature_id`` (text, unique, never missing), the canonical fields
        of the spec (missing = None; numbers as float with NaN; flags as object
        True/False/None; dates as object; codes as tuple or None), then the source's
        other columns under their own names, then ``geometry``: valid, finite, never
        null or empty, of the accepted types, 2D.
        Treat as read-only.
    provenance, issues, quarantine
        Where it comes from; what was found or mended; which rows are kept aside.
    coverage
        Where absence means absence; None when nobody said.
    accuracy_m
        Stated positional accuracy, metres; None when nobody said.
    tolerance
        Below which an overlap is a sliver.
    notice
        A sentence that must stand on every page made from it
        (demo data, derived zones), or None.
    none_exists
        Who stated that there is no zone of this kind in the coverage; such a layer
        has no rows, and that is its content. None for every other layer.
    series
        Of which series of editions this layer is one: on a day one of them counts.
        None for a layer that stands for itself.
    """

    id: str
    spec: LayerSpec
    frame: gpd.GeoDataFrame
    provenance: Provenance
    issues: tuple[DataIssue, ...] = ()
    quarantine: tuple[Quarantined, ...] = ()
    coverage: Coverage | None = None
    accuracy_m: float | None = None
    tolerance: Tolerance = field(default_factory=Tolerance)
    notice: str | None = None
    none_exists: str | None = None
    series: str | None = None

    @property
    def kind(self) -> str:
        """The layer's kind."""
        return self.spec.kind

    def __len__(self) -> int:
        """Return the number of features that were kept."""
        return len(self.frame)

    @property
    def usable_errors(self) -> tuple[DataIssue, ...]:
        """Issues that make the whole layer unreliable (not single rows)."""
        return tuple(
            one for one in self.issues if one.severity == "error" and one.row is None
        )

    def total_bounds(self) -> tuple[float, float, float, float] | None:
        """Return (min_lon, min_lat, max_lon, max_lat), or None when empty."""
        if not len(self.frame):
            return None
        geometry = np.asarray(self.frame.geometry.array, dtype=object)
        min_lon, min_lat, max_lon, max_lat = shapely.total_bounds(geometry).tolist()
        return (min_lon, min_lat, max_lon, max_lat)

    def card(self, lang: Lang = "zh") -> Card:
        """Return what a notebook shows: origin, validity, rows, issues by code."""
        origin = self.provenance
        rows = {
            "in_file": origin.rows_in_file,
            "kept": origin.rows_kept,
            "set_aside": origin.rows_quarantined,
        }
        box = self.total_bounds()
        facts = {
            "kind": self.spec.title[lang],
            "source": f"{origin.source} ({origin.format})",
            "crs": origin.crs,
            "valid": str(origin.valid),
            "rows": TEXTS.say("card.row_counts", lang=lang, **rows),
            "coverage": self._covered(lang),
            "bounds": "" if box is None else ", ".join(f"{one:.6f}" for one in box),
        }
        counts: dict[tuple[str, str], int] = {}
        for one in self.issues:
            key = (one.severity, one.code)
            counts[key] = counts.get(key, 0) + 1
        table = CardTable(
            _words(("severity", "issue", "count"), lang),
            tuple((*key, str(count)) for key, count in sorted(counts.items())),
        )
        return Card(
            f"{_word('layer', lang)} {self.id}",
            tuple((_word(key, lang), text) for key, text in facts.items() if text),
            (table,) if counts else (),
            tuple(one for one in (self.notice, self.none_exists) if one),
        )

    def _covered(self, lang: Lang) -> str:
        return self.coverage.stated if self.coverage else _word("not_stated", lang)

    def _repr_html_(self) -> str:
        return card_html(self.card())


@dataclass(frozen=True, slots=True)
class Unavailable:
    """A layer that the workspace names but that could not be read.

    Attributes
    ----------
    id, spec
        As for `Layer`.
    reason
        What went wrong, in words.
    """

    id: str
    spec: LayerSpec
    reason: str

    @property
    def kind(self) -> str:
        """The layer's kind."""
        return self.spec.kind


@dataclass(frozen=True, slots=True)
class Setting:
    """A figure or list that the law leaves open and an office has set.

    Attributes
    ----------
    name
        Name that rules refer to.
    value
        A number, a text, or a tuple of texts.
    source
        Who set it, where it is written.
    """

    name: str
    value: float | str | tuple[str, ...]
    source: str


@dataclass(frozen=True, slots=True)
class Workspace:
    """The layers, rulebooks and settings of one office.

    Attributes
    ----------
    title, region
        Name, and the adcode (six digits) that the workspace answers for; None when
        it answers for no region in particular.
    layers
        By id, in the order of the document.
    unavailable
        Layers that were named but could not be read, by id.
    rulebooks
        Built-in names or paths, in order.
    settings
        By name.
    notice
        A sentence for every page, or None.
    path, sha256
        Of ``workspace.yaml``; ``<memory>`` and the empty text for one made in memory.
    files
        Further files that went in, by name (``alias:redline``), with their SHA-256.
    access_lists, unavailable_lists
        What is required in the control units, by id of the list; and the lists that
        were named but could not be read.
    base_map
        What the office wants below the maps of its pages; None, as mostly: nothing.
    """

    title: str
    region: str | None
    layers: Mapping[str, Layer]
    unavailable: Mapping[str, Unavailable] = field(default_factory=dict)
    rulebooks: tuple[str, ...] = ()
    settings: Mapping[str, Setting] = field(default_factory=dict)
    notice: str | None = None
    path: str = "<memory>"
    sha256: str = ""
    files: Mapping[str, str] = field(default_factory=dict)
    access_lists: Mapping[str, AccessList] = field(default_factory=dict)
    unavailable_lists: Mapping[str, UnavailableList] = field(default_factory=dict)
    base_map: BaseMap | None = None

    def of_kind(self, kind: str) -> tuple[Layer, ...]:
        """Return the layers of a kind, in the order of the document."""
        return tuple(one for one in self.layers.values() if one.kind == kind)

    def unavailable_of_kind(self, kind: str) -> tuple[Unavailable, ...]:
        """Return the layers of a kind that could not be read."""
        return tuple(one for one in self.unavailable.values() if one.kind == kind)

    def card(self, lang: Lang = "zh") -> Card:
        """Return what a notebook shows; what could not be read stands on top."""
        rows = tuple(
            (
                one.id,
                one.spec.title[lang],
                str(len(one)),
                str(one.provenance.rows_quarantined),
                str(one.provenance.valid),
                _word("stated" if one.coverage else "not_stated", lang),
            )
            for one in self.layers.values()
        )
        heads = ("layer", "kind", "kept", "set_aside", "valid", "coverage")
        lost = [(one.id, one.reason) for one in self.unavailable.values()]
        lost += [(one.id, one.reason) for one in self.unavailable_lists.values()]
        said = (
            TEXTS.say("card.unreadable", lang=lang, what=what, why=why)
            for what, why in lost
        )
        facts = {
            "region": self.region or "",
            "rulebooks": ", ".join(self.rulebooks),
            "access_lists": ", ".join(self.access_lists),
            "settings": str(len(self.settings)),
        }
        return Card(
            f"{_word('workspace', lang)} {self.title}",
            tuple((_word(key, lang), text) for key, text in facts.items() if text),
            (CardTable(_words(heads, lang), rows, most=MOST_LAYERS),),
            (*((self.notice,) if self.notice else ()), *said),
        )

    def _repr_html_(self) -> str:
        return card_html(self.card())


def _word(key: str, lang: Lang) -> str:
    """Return a label of a card."""
    return TEXTS.say(f"card.{key}", lang=lang)


def _words(keys: tuple[str, ...], lang: Lang) -> tuple[str, ...]:
    return tuple(_word(key, lang) for key in keys)
