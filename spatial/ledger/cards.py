"""What a notebook shows of a ledger and of a case.

Persons who reported stand in a table of their own, which no card reads.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import func, select

from layers.card import MOST_ROWS, Card, CardTable
from spatial.ledger import tables
from spatial.text import TEXTS

if TYPE_CHECKING:
    from spatial.ledger.ledger import Ledger
    from spatial.ledger.lifecycle import Lifecycle
    from spatial.ledger.model import Case
    from spatial.text import Lang

_FIELDS = ("found_on", "due_on")
_EVENTS = ("seq", "at", "event", "state", "actor", "why")


def ledger_card(ledger: Ledger, lang: Lang = "zh") -> Card:
    """Return the card of a ledger: where it lies, its head, its cases by state."""
    state = tables.cases.c.state
    asked = select(state, func.count()).group_by(state)
    with ledger.store.reading() as connection:
        found = {str(name): int(count) for name, count in connection.execute(asked)}
    titles = _states(ledger.lifecycle, lang)
    order = [*(one for one in titles if one in found), *sorted(found.keys() - titles)]
    rows = tuple((titles.get(one, one), str(found[one])) for one in order)
    facts = (
        (_word("store", lang), ledger.store.name),
        (_word("cases", lang), str(sum(found.values()))),
        (_word("head", lang), str(ledger.head())),
    )
    heads = (_word("state", lang), _word("cases", lang))
    return Card(
        _word("ledger", lang),
        facts,
        (CardTable(heads, rows, most=len(rows)),) if rows else (),
    )


def case_card(case: Case, lang: Lang = "zh") -> Card:
    """Return the card of a case: its fields, its last events, and what it may do next.

    The case does not know the office's states and moves, so their ids stand here.
    """
    fields = case.fields
    facts = [(_word("state", lang), case.state)]
    facts += [(_word(key, lang), str(fields[key])) for key in _FIELDS if fields[key]]
    facts.append((_word("evidence", lang), str(len(case.evidence))))
    facts += [
        (_word("next_moves", lang), _move(move, lacks, lang))
        for move, lacks in case.next_moves.items()
    ]
    rows = tuple(
        (
            str(one.seq),
            one.at,
            TEXTS.say(f"ledger.event.{one.kind}", lang=lang),
            one.to_state,
            f"{one.actor} ({one.role})",
            one.why,
        )
        for one in reversed(case.events[-MOST_ROWS:])
    )
    heads = tuple(_word(one, lang) for one in _EVENTS)
    left = len(case.events) - len(rows)
    title = f"{_word('case', lang)} {case.case_id} {fields.get('title') or ''}"
    return Card(title, tuple(facts), (CardTable(heads, rows, left=left),))


def _move(move: str, lacks: tuple[str, ...], lang: Lang) -> str:
    if not lacks:
        return move
    return TEXTS.say("card.lacks", lang=lang, move=move, what=", ".join(lacks))


def _states(lifecycle: Lifecycle, lang: Lang) -> dict[str, str]:
    return {one.id: one.title[lang] for one in lifecycle.states.values()}


def _word(key: str, lang: Lang) -> str:
    return TEXTS.say(f"card.{key}", lang=lang)
