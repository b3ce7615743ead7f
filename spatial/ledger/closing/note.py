"""The note on closing a case: what the images say, and that a person decides."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from layers.text import percent
from spatial.ledger.closing.model import verdict_of
from spatial.text import message

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from layers.text import Message
    from spatial.ledger.closing.model import Recovery


def closing_note(
    case_id: str, found: Sequence[Recovery], *, head: str
) -> tuple[Message, ...]:
    """Return the lines of a closing note.

    Parameters
    ----------
    case_id
        The case.
    found
        What the after-images say, by day; none: closed without image proof, and marked.
    head
        Hash of the last event of the ledger: who keeps the note can tell later whether
        the ledger still holds what it held then.

    Returns
    -------
    tuple of Message
        To be rendered one below another in the language of the office.
    """
    lines = [message("ledger.closing.title", case=case_id)]
    if not found:
        lines.append(message("ledger.closing.no_image"))
    for one in found:
        lines += _lines(one)
    if found:
        verdict = message(f"ledger.closing.verdict.{verdict_of(found)}")
        lines.append(message("ledger.closing.together", verdict=verdict))
    return (
        *lines,
        message("ledger.closing.a_person"),
        message("ledger.closing.head", head=head),
    )


def _lines(one: Recovery) -> list[Message]:
    """Return what one image says."""
    out = [
        message(
            "ledger.closing.images",
            before=_image(one.before),
            after=_image(one.after),
            verdict=message(f"ledger.closing.verdict.{one.verdict}"),
        )
    ]
    if not math.isnan(one.like_before_share):
        out.append(
            message(
                "ledger.closing.shares",
                area_m2=f"{one.area_m2:,.0f}",
                observed=percent(one.observed_share, decimals=0),
                like=percent(one.like_before_share, decimals=0),
                low=percent(one.least_share, decimals=0),
                high=percent(one.most_share, decimals=0),
            )
        )
    out += [_index(name, row) for name, row in one.indices]
    return [*out, *one.reasons]


def _index(name: str, row: Mapping[str, float | None]) -> Message:
    recovered = row["back"]
    return message(
        "ledger.closing.index" if recovered is None else "ledger.closing.index_back",
        index=message(f"ledger.closing.name.{name}"),
        before=_number(row["before"]),
        damaged=_number(row["damaged"]),
        after=_number(row["after"]),
        drift=_number(row["drift"]),
        tolerance=_number(row["tolerance"]),
        back="—" if recovered is None else percent(recovered, decimals=0),
    )


def _image(named: tuple[str, object]) -> str:
    name, day = named
    return f"{name} ({day or '—'})"


def _number(value: float | None) -> str:
    return "—" if value is None else f"{value:.3f}"
