"""The chain of events: canonical bytes, SHA-256, and the head.

The hash of an event is SHA-256 over the UTF-8 bytes of a JSON list: seq, case_id, at,
actor, role, kind, from_state, to_state, why, payload (the stored text), prev_hash. So
whoever has the table can reckon it again with any program:

    ["seq", ...] without spaces, non-ASCII letters as they are

A payload is JSON with sorted keys, no spaces, Unicode in form NFC and numbers as
Python's ``repr`` writes them. Large contents (geometry, photos) stand elsewhere once;
the payload holds their SHA-256.
"""

from __future__ import annotations

import hashlib
import json
import unicodedata
from typing import TYPE_CHECKING

import shapely

if TYPE_CHECKING:
    from collections.abc import Mapping

    from shapely.geometry.base import BaseGeometry

    from spatial.ledger.model import Person

GENESIS = "0" * 64
"""What stands before the first event."""

ORDER = (
    *("seq", "case_id", "at", "actor", "role", "kind"),
    *("from_state", "to_state", "why", "payload", "prev_hash"),
)
"""The columns that are hashed, in this order."""


def canonical(value: object) -> str:
    """Return a value as JSON: the same text for the same value, everywhere.

    Raises
    ------
    ValueError
        A number is NaN or infinite.
    TypeError
        JSON has no such value.

    Examples
    --------
    >>> canonical({"b": 1.0, "a": "é"})
    '{"a":"é","b":1.0}'
    """
    text = json.dumps(
        value,
        sort_keys=True,
        separators=(",", ":"),
        ensure_ascii=False,
        allow_nan=False,
    )
    return normal(text)


def normal(text: str) -> str:
    """Return a text in Unicode form NFC: one spelling of what looks alike."""
    return text if text.isascii() else unicodedata.normalize("NFC", text)


def event_hash(row: Mapping[str, object]) -> str:
    """Return the hash of an event.

    Parameters
    ----------
    row
        The columns of `ORDER`, the payload as text.
    """
    listed = json.dumps(
        [row[name] for name in ORDER], separators=(",", ":"), ensure_ascii=False
    )
    # a lone surrogate, which only an edit can bring here, must not stop the search
    return hashlib.sha256(listed.encode("utf-8", "surrogatepass")).hexdigest()


def content_hash(content: bytes) -> str:
    """Return the SHA-256 of a content as hex."""
    return hashlib.sha256(content).hexdigest()


def wkb(geometry: BaseGeometry) -> bytes:
    """Return a geometry as little-endian WKB in two dimensions."""
    flat = shapely.force_2d(geometry)
    return bytes(shapely.to_wkb(flat, byte_order=1, include_srid=False))


def person_hash(person: Person, salt: str) -> str:
    """Return the salted hash of a reporter: all that an event knows of one.

    The salt stands beside the data. Where both are erased, nobody can find out by
    trying whose hash it was.
    """
    fields = [salt, person.name, person.phone, person.address, person.note]
    return content_hash(canonical(fields).encode())
