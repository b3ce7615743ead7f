"""What ``postgis:`` says in ``workspace.yaml``: a table and a box, never a password."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from layers.postgis import PostgisTable
from layers.postgis.table import STATEMENT_TIMEOUT_S

if TYPE_CHECKING:
    from layers.document import Entry
    from layers.evidence import Box

KEYS = (
    *("service", "host", "port", "database", "user"),
    *("schema", "table", "geometry", "bbox"),
    "statement_timeout_s",
)
OF_FILES = ("layer", "encoding")
SECRETS = ("password", "dsn", "url")
MOST_PORTS = 65_535
LIMITS = (180.0, 90.0, 180.0, 90.0)


@dataclass(frozen=True, slots=True)
class PostgisPlan:
    """A table, and the box in which it is read."""

    table: PostgisTable
    bbox: Box


def postgis_of(layer: Entry) -> PostgisPlan | None:
    """Read ``postgis:`` of a layer; None where the layer has none.

    Raises
    ------
    DocumentError
        A key or value that cannot be; a password, which is never repeated.
    """
    entry = layer.get("postgis")
    if entry is None:
        return None
    for name in OF_FILES:
        if (one := layer.get(name)) is not None:
            one.fail("no such key beside 'postgis': it speaks of files")
    for name in SECRETS:
        if name in entry.mapping():
            expected = "no secret here: libpq reads pg_service.conf and .pgpass"
            entry.fail(expected, f"the key {name!r}")
    entry.only(*KEYS)
    timeout = entry.get("statement_timeout_s")
    if timeout is not None and timeout.number() <= 0:
        timeout.fail("seconds, above 0")
    table = PostgisTable(
        name=entry.need("table").text(),
        schema=_text(entry, "schema") or "public",
        geometry=_text(entry, "geometry"),
        service=_text(entry, "service"),
        host=_text(entry, "host"),
        port=_port(entry.get("port")),
        database=_text(entry, "database"),
        user=_text(entry, "user"),
        statement_timeout_s=timeout.number() if timeout else STATEMENT_TIMEOUT_S,
    )
    return PostgisPlan(table, bbox_of(entry.need("bbox")))


def bbox_of(entry: Entry) -> Box:
    """Return (min_lon, min_lat, max_lon, max_lat) in degrees."""
    numbers = tuple(one.number() for one in entry)
    expected = "[min_lon, min_lat, max_lon, max_lat] in degrees"
    if len(numbers) != len(LIMITS):
        entry.fail(expected)
    west, south, east, north = numbers
    inside = all(abs(one) <= limit for one, limit in zip(numbers, LIMITS, strict=True))
    if not (inside and west < east and south < north):
        entry.fail(expected, str(list(numbers)))
    return west, south, east, north


def _text(entry: Entry, key: str) -> str | None:
    """Return an optional text."""
    one = entry.get(key)
    return one.text() if one else None


def _port(entry: Entry | None) -> int | None:
    """Return a port number."""
    if entry is None:
        return None
    number = entry.number()
    if not (number.is_integer() and 0 < number <= MOST_PORTS):
        entry.fail("a port number")
    return int(number)
