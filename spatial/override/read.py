"""Reading overrides: YAML, CSV or Excel, strictly; a defect is refused with its place.

Refused are: an unknown key or heading, a missing reason, name or date, an outcome that
there is not, an override that speaks of a finding and of an unknown or of neither, an
unknown that is released without a word on what was checked instead, and two overrides
of one thing.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, get_args

from layers import document
from layers.errors import SourceNotFoundError
from layers.provenance import sha256_of
from spatial.finding import OUTCOMES, UnknownKind
from spatial.override.model import RELEASING, Override, OverrideFile
from spatial.override.table import KEYS, rows_of

if TYPE_CHECKING:
    from layers.document import Entry

_YAML = (".yaml", ".yml")


def read_overrides(source: Path | str) -> OverrideFile:
    """Read a file of overrides.

    Parameters
    ----------
    source
        ``.yaml`` with the key ``overrides``, a list of mappings; or ``.csv``, ``.xlsx``
        or ``.xls`` with the same names, or the Chinese ones, as headings.

    Returns
    -------
    OverrideFile
        At least one override.

    Raises
    ------
    SourceNotFoundError
        There is no such file.
    DocumentError
        It breaks the format; file, line (or row) and key are named.
    InputRefusedError
        A table that cannot be read as one.

    Examples
    --------
    >>> read_overrides("nowhere.yaml")
    Traceback (most recent call last):
        ...
    layers.errors.SourceNotFoundError: nowhere.yaml: no such file or folder; check ...
    """
    path = Path(source)
    if not path.is_file():
        raise SourceNotFoundError(source, todo="check the path of the overrides")
    top = document.load(path) if path.suffix.lower() in _YAML else rows_of(path)
    top.only("overrides")
    entries = top.need("overrides").items()
    if not entries:
        top.need("overrides").fail("at least one override")
    made = tuple(_override(one) for one in entries)
    _refuse_twice(made, entries)
    return OverrideFile(path.name, sha256_of([path]), made)


def _override(entry: Entry) -> Override:
    """Read one override."""
    entry.only(*KEYS)
    about = _about(entry)
    outcome = next(
        one for one in OUTCOMES if one == entry.need("outcome").one_of(*OUTCOMES)
    )
    checked = _text(entry, "checked_instead")
    if about["unknown"] and outcome in RELEASING and checked is None:
        entry.fail(
            "the key 'checked_instead': what was looked at in place of what is lacking,"
            f" because an unknown becomes {outcome}",
            "nothing",
        )
    return Override(
        site_id=entry.need("site_id").text(),
        **about,
        outcome=outcome,
        reason=entry.need("reason").text(),
        name=entry.need("name").text(),
        on=entry.need("date").date(),
        document=_text(entry, "document"),
        checked_instead=checked,
        line=entry.line,
    )


def _about(entry: Entry) -> dict[str, str | None]:
    """Return what an override is about; exactly one way of saying it."""
    names = ("finding", "rule", "zone", "unknown", "what")
    about = {name: _text(entry, name) for name in names}
    given = {name for name, one in about.items() if one is not None}
    ways = ({"finding"}, {"rule"}, {"rule", "zone"}, {"unknown", "what"})
    if given not in (*ways, {"unknown", "what", "rule"}):
        entry.fail(
            "'finding', or 'rule' (and 'zone'), or 'unknown' and 'what' (and 'rule')",
            f"the keys {', '.join(sorted(given)) or '(none of them)'}",
        )
    unknown = entry.get("unknown")
    if unknown is not None:
        unknown.one_of(*get_args(UnknownKind))
    return about


def _text(entry: Entry, key: str) -> str | None:
    """Return an optional text."""
    one = entry.get(key)
    return one.text() if one else None


def _refuse_twice(made: tuple[Override, ...], entries: tuple[Entry, ...]) -> None:
    """Refuse two overrides of one thing: only one of them could count."""
    first: dict[tuple[str | None, ...], int] = {}
    for one, entry in zip(made, entries, strict=True):
        line = first.setdefault(one.target, one.line)
        if line != one.line:
            entry.fail(
                f"each finding or unknown once (first on line {line})", "it again"
            )
