"""What ``workspace.yaml`` says, checked to the last key, before any layer is read."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from layers.errors import UnknownKindError
from layers.layer import Setting
from layers.provenance import Period, Tolerance
from layers.read.address import is_address
from layers.spec import kinds, spec
from layers.workspace.access_plan import AccessPlan, access_plans
from layers.workspace.base_map_plan import base_map_of
from layers.workspace.datum_plan import crs_of, datum_region_of, datum_shift_of
from layers.workspace.postgis_plan import PostgisPlan, bbox_of, postgis_of

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from layers.base_map import BaseMap
    from layers.datum import DatumRegion, DatumShift
    from layers.document import Entry
    from layers.spec import LayerSpec

LAYER_KEYS = (
    "id",
    "kind",
    "source",
    "postgis",
    "none_exists",
    "layer",
    "crs",
    "datum_shift",
    "datum_region",
    "encoding",
    "fields",
    "edition",
    "series",
    "valid",
    "coverage",
    "accuracy_m",
    "tolerance",
    "licence",
    "notice",
)
TOP_KEYS = (
    *("title", "region", "layers", "access_lists", "rulebooks", "aliases", "settings"),
    *("notice", "base_map"),
)
WAYS_IN = ("source", "postgis", "none_exists")
ADCODE = re.compile(r"\d{6}")


@dataclass(frozen=True, slots=True)
class CoveragePlan:
    """How a coverage is stated; exactly one of the three is set."""

    layer: str | None = None
    bbox: tuple[float, float, float, float] | None = None
    adcodes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class LayerPlan:
    """One entry of ``layers:``; one of `source`, `postgis`, `none_exists` is set."""

    id: str
    spec: LayerSpec
    source: str | None
    postgis: PostgisPlan | None
    none_exists: str | None
    layer: str | None
    crs: str | None
    datum_shift: DatumShift | None
    datum_region: DatumRegion | None
    encoding: str | None
    fields: Mapping[str, str]
    edition: str | None
    series: str | None
    valid: Period
    coverage: CoveragePlan | None
    accuracy_m: float | None
    tolerance: Tolerance
    licence: str | None
    notice: str | None


@dataclass(frozen=True, slots=True)
class Plan:
    """The whole document."""

    title: str
    region: str | None
    layers: tuple[LayerPlan, ...]
    rulebooks: tuple[str, ...]
    settings: Mapping[str, Setting]
    aliases: Mapping[str, Entry]
    notice: str | None
    access_lists: tuple[AccessPlan, ...] = ()
    base_map: BaseMap | None = None


def plan_of(top: Entry, folder: Path) -> Plan:
    """Read the document.

    Raises
    ------
    DocumentError
        With file, line and key: an unknown key or kind, an id that stands twice, a
        coverage or alias table of a layer that is not there, a value of the wrong
        type.
    """
    top.only(*TOP_KEYS)
    entries = top.need("layers").items()
    plans = tuple(_layer(one, folder) for one in entries)
    by_id: dict[str, LayerPlan] = {}
    for plan, entry in zip(plans, entries, strict=True):
        if plan.id in by_id:
            entry.need("id").fail("an id that no other layer has")
        by_id[plan.id] = plan
    for plan, entry in zip(plans, entries, strict=True):
        _check_coverage_layer(plan, entry, by_id)
        _check_series(plan, entry, plans)
    aliases = top.get("aliases")
    tables = dict(aliases.mapping()) if aliases else {}
    for name, one in tables.items():
        if name not in by_id:
            one.fail(f"the id of a layer: {', '.join(by_id)}", repr(name))
    return Plan(
        title=top.need("title").text(),
        region=_region(top.get("region")),
        layers=plans,
        rulebooks=_rulebooks(top.get("rulebooks"), folder),
        settings=_settings(top.get("settings")),
        aliases=tables,
        notice=_text(top, "notice"),
        access_lists=access_plans(
            top.get("access_lists"),
            units=[one.id for one in plans if one.spec.kind == "control_unit"],
            taken=by_id,
            period=period_of,
        ),
        base_map=base_map_of(top.get("base_map")),
    )


def _layer(entry: Entry, folder: Path) -> LayerPlan:
    """Read one entry of ``layers:``."""
    entry.only(*LAYER_KEYS)
    wanted = spec(entry.need("kind").one_of(*kinds()))
    statement = entry.get("none_exists")
    if sum(entry.get(one) is not None for one in WAYS_IN) != 1:
        entry.fail(
            "either 'source' (a file) or 'none_exists' (who stated it) or 'postgis' "
            "(a table)"
        )
    if statement is not None:
        statement.only("source")
    crs = crs_of(entry.get("crs"))
    return LayerPlan(
        id=entry.need("id").text(),
        spec=wanted,
        source=_source(entry.get("source")),
        postgis=postgis_of(entry),
        none_exists=statement.need("source").text() if statement else None,
        layer=_text(entry, "layer"),
        crs=crs,
        datum_shift=datum_shift_of(entry.get("datum_shift"), crs, folder),
        datum_region=datum_region_of(entry.get("datum_region"), crs),
        encoding=_text(entry, "encoding"),
        fields=_fields(entry.get("fields"), wanted),
        edition=_text(entry, "edition"),
        series=_series(entry),
        valid=period_of(entry.get("valid")),
        coverage=_coverage(entry.get("coverage")),
        accuracy_m=_metres(entry.get("accuracy_m")),
        tolerance=_tolerance(entry.get("tolerance")),
        licence=_text(entry, "licence"),
        notice=_text(entry, "notice"),
    )


def _text(entry: Entry, key: str) -> str | None:
    """Return an optional text."""
    one = entry.get(key)
    return one.text() if one else None


def _source(entry: Entry | None) -> str | None:
    """Return the path of a file; an address may hold a password, so it is not told."""
    if entry is None:
        return None
    if is_address(entry.text()):
        entry.fail("a file; a database stands under 'postgis'", "an address")
    return entry.text()


def _region(entry: Entry | None) -> str | None:
    """Return the adcode that the workspace answers for."""
    if entry is None:
        return None
    if not ADCODE.fullmatch(entry.text()):
        entry.fail("an adcode of six digits in quotes")
    return entry.text()


def _fields(entry: Entry | None, wanted: LayerSpec) -> Mapping[str, str]:
    """Return canonical field to source column."""
    if entry is None:
        return {}
    for name, one in entry.mapping().items():
        try:
            wanted.field(name)
        except UnknownKindError as error:
            one.fail(f"a field of {wanted.kind}: {', '.join(error.known)}", repr(name))
    return {name: one.text() for name, one in entry.mapping().items()}


def period_of(entry: Entry | None) -> Period:
    """Return a span of days; no statement is an open one."""
    if entry is None:
        return Period()
    entry.only("from", "to")
    start, end = entry.get("from"), entry.get("to")
    period = Period(start.date() if start else None, end.date() if end else None)
    if period.start and period.end and period.start > period.end:
        entry.fail("'from' not after 'to'", str(period))
    return period


def _coverage(entry: Entry | None) -> CoveragePlan | None:
    """Return how a coverage is stated."""
    if entry is None:
        return None
    entry.only("layer", "bbox", "adcodes")
    if len(entry.mapping()) != 1:
        entry.fail("exactly one of layer, bbox, adcodes")
    if "layer" in entry.mapping():
        return CoveragePlan(layer=entry.need("layer").text())
    if "bbox" in entry.mapping():
        return CoveragePlan(bbox=bbox_of(entry.need("bbox")))
    codes = entry.need("adcodes")
    for one in codes:
        if not ADCODE.fullmatch(one.text()):
            one.fail("an adcode of six digits in quotes")
    return CoveragePlan(adcodes=codes.texts())


def _check_coverage_layer(
    plan: LayerPlan, entry: Entry, by_id: Mapping[str, LayerPlan]
) -> None:
    """Refuse a coverage by a layer that is not there or has no area."""
    wanted = plan.coverage.layer if plan.coverage else None
    if wanted is None:
        return
    place = entry.need("coverage").need("layer")
    if wanted not in by_id:
        place.fail(f"the id of a layer: {', '.join(by_id)}")
    if "polygon" not in by_id[wanted].spec.geometry:
        place.fail("the id of a layer of polygons")


def _series(entry: Entry) -> str | None:
    """Return the series of which a layer is an edition; it needs its days then."""
    one = entry.get("series")
    if one is not None and entry.get("valid") is None:
        one.fail("the key 'valid' beside 'series': an edition counts on some days")
    return one.text() if one else None


def _check_series(plan: LayerPlan, entry: Entry, plans: tuple[LayerPlan, ...]) -> None:
    """Refuse editions of one series that are of several kinds."""
    first = next(one for one in plans if one is plan or one.series == plan.series)
    if plan.series is not None and first.spec.kind != plan.spec.kind:
        entry.need("series").fail(
            f"editions of one kind ({first.id} is {first.spec.kind})", plan.spec.kind
        )


def _metres(entry: Entry | None) -> float | None:
    """Return a length that is not negative."""
    if entry is None:
        return None
    if entry.number() < 0:
        entry.fail("a length in metres, 0 or more")
    return entry.number()


def _tolerance(entry: Entry | None) -> Tolerance:
    """Return what counts as a sliver; figures need a source."""
    if entry is None:
        return Tolerance()
    entry.only("area_m2", "width_m", "source")
    return Tolerance(
        area_m2=_metres(entry.get("area_m2")) or 0.0,
        width_m=_metres(entry.get("width_m")) or 0.0,
        source=entry.need("source").text(),
    )


def _rulebooks(entry: Entry | None, folder: Path) -> tuple[str, ...]:
    """Return built-in names as they are, files as paths from the workspace."""
    if entry is None:
        return ()
    return tuple(
        str(folder / name) if name.endswith((".yaml", ".yml")) else name
        for name in entry.texts()
    )


def _settings(entry: Entry | None) -> Mapping[str, Setting]:
    """Return the figures that an office has set."""
    if entry is None:
        return {}
    found = {}
    for name, one in entry.mapping().items():
        one.only("value", "source")
        place = one.need("value")
        value: float | str | tuple[str, ...]
        if isinstance(place.value, tuple):
            value = place.texts()
        elif isinstance(place.value, str):
            value = place.text()
        else:
            value = place.number()
        found[name] = Setting(name, value, one.need("source").text())
    return found
