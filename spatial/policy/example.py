"""Reading the cases of a rule: worked examples, drawn in metres on squared paper."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

from layers.spec import kinds, spec
from spatial.finding import SAID
from spatial.policy import model

if TYPE_CHECKING:
    from collections.abc import Mapping

    from layers.document import Entry
    from layers.spec import LayerSpec

ASPECTS = ("hit", "miss", "edge", "unknown")
_SHAPES = ("box", "line", "point")
# Room for the layers of a case, which are complete for one degree around it.
_MAX_LON, _MAX_LAT = 178, 85


def case(entry: Entry) -> model.Case:
    """Read one case.

    Raises
    ------
    DocumentError
        With file, line and key: an unknown field, kind or value, no shape.
    """
    entry.only("aspect", "name", "on", "at", "site", "zones", "settings", "expect")
    site = entry.need("site")
    about = spec("project_site")
    zones, settings = entry.get("zones"), entry.get("settings")
    place = entry.get("at")
    return model.Case(
        aspect=entry.need("aspect").one_of(*ASPECTS),  # type: ignore[arg-type]
        name=entry.need("name").text(),
        on=entry.need("on").date(),
        site=_fields(site, about),
        site_shape=_shape(site),
        zones=_zones(zones) if zones else {},
        settings=_settings(settings) if settings else {},
        expect=entry.need("expect").one_of(*SAID, "not_in_force"),
        at=_origin(place) if place else None,
    )


def _zones(entry: Entry) -> Mapping[str, tuple[model.CaseZone, ...]]:
    """Read the layers of a case; an empty list is a layer that holds nothing."""
    found: dict[str, tuple[model.CaseZone, ...]] = {}
    for kind, child in entry.mapping().items():
        if kind not in kinds():
            child.fail(f"a layer kind: {', '.join(kinds())}", repr(kind))
        found[kind] = tuple(
            model.CaseZone(_shape(one), _fields(one, spec(kind))) for one in child
        )
    return found


def _settings(entry: Entry) -> Mapping[str, float | str | tuple[str, ...]]:
    """Read what the office of a case has set."""
    found: dict[str, float | str | tuple[str, ...]] = {}
    for name, child in entry.mapping().items():
        if isinstance(child.value, tuple):
            found[name] = child.texts()
        elif isinstance(child.value, str):
            found[name] = child.text()
        else:
            found[name] = child.number()
    return found


def _fields(entry: Entry, about: LayerSpec) -> Mapping[str, object]:
    """Read field values beside a shape; refuse what the kind does not have."""
    known = {one.name: one for one in about.fields}
    entry.only(*_SHAPES, *known)
    found: dict[str, object] = {}
    for name, child in entry.mapping().items():
        if name in _SHAPES:
            continue
        found[name] = _value(child)
        if known[name].domain:
            child.one_of(*(known[name].domain or {}))
    return found


def _value(entry: Entry) -> str | float | bool | dt.date | tuple[str, ...]:
    """Read one value as it would stand in a table."""
    value = entry.value
    if isinstance(value, tuple):
        return entry.texts()
    if isinstance(value, bool):
        return entry.flag()
    if isinstance(value, dt.date):
        return entry.date()
    return entry.text() if isinstance(value, str) else entry.number()


def _shape(entry: Entry) -> tuple[str, tuple[object, ...]]:
    """Read the one shape of a site or zone."""
    said = [name for name in entry.mapping() if name in _SHAPES]
    if len(said) != 1:
        entry.fail(f"exactly one shape: {', '.join(_SHAPES)}")
    child = entry.need(said[0])
    if said[0] == "line":
        points = tuple(_numbers(one, 2) for one in child)
        if len(points) < 2:  # noqa: PLR2004
            child.fail("at least two points")
        return "line", points
    numbers = _numbers(child, 2 if said[0] == "point" else 4)
    if said[0] == "box" and not (numbers[0] < numbers[2] and numbers[1] < numbers[3]):
        child.fail("[west, south, east, north] with west < east and south < north")
    return said[0], numbers


def _origin(entry: Entry) -> tuple[float, float]:
    """Read longitude and latitude, far enough from the poles to draw metres there."""
    lon, lat = _numbers(entry, 2, unit="degrees")
    if not (-_MAX_LON <= lon <= _MAX_LON and -_MAX_LAT <= lat <= _MAX_LAT):
        entry.fail(
            f"[longitude, latitude] within {_MAX_LON} and {_MAX_LAT} degrees of zero"
        )
    return lon, lat


def _numbers(entry: Entry, count: int, *, unit: str = "metres") -> tuple[float, ...]:
    """Read a list of so many numbers."""
    numbers = tuple(one.number() for one in entry)
    if len(numbers) != count:
        entry.fail(f"{count} numbers ({unit})")
    return numbers
