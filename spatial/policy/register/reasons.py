"""What is said of how a clause is met: sentences ``coverage.why.*``."""

from __future__ import annotations

from typing import TYPE_CHECKING

from layers.spec import spec
from layers.text import message
from spatial.policy.register.model import MET, RULED

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from layers.text import Message
    from spatial.policy.register.model import Clause, State


def reasons(
    clause: Clause,
    state: State,
    rules: tuple[tuple[str, str], ...],
    *,
    settings: tuple[str, ...],
    lacks: tuple[Mapping[str, str], ...],
    is_for_a_person: bool,
) -> Iterator[Message]:
    """Yield what meets a clause, what is left out, what is missing.

    Parameters
    ----------
    clause, state
        The clause, and the state that was derived.
    rules
        ``(rulebook, rule)`` that answer for it.
    settings
        Names of the settings these rules refer to.
    lacks
        Titles of the layers that the catalogue does not have.
    is_for_a_person
        Whether the rules decide nothing by themselves, but ask a person to read.
    """
    if state in MET:
        yield from _what_meets_it(clause, state, rules, settings)
        if rules and is_for_a_person:
            yield message("coverage.why.by_person")
        if clause.partly:
            yield message("coverage.why.partly", left=clause.partly)
        return
    if clause.done or clause.helped:
        yield from _what_does_it(clause)
        return
    is_ruled = clause.group in RULED
    yield message(f"coverage.why.no_{'rule' if is_ruled else clause.group}")
    if clause.is_figure_open:
        yield message("coverage.why.no_figure")
    if lacks:
        titles = {
            "zh": "、".join(one["zh"] for one in lacks),
            "en": ", ".join(one["en"] for one in lacks),
        }
        yield message("coverage.why.no_layer", layers=titles)


def _what_does_it(clause: Clause) -> Iterator[Message]:
    """Yield the command that does it or a part of it, and what is left out."""
    if clause.helped:
        yield message("coverage.why.helped", how=clause.helped)
        return
    yield message("coverage.why.done", how=clause.done)
    if clause.partly:
        yield message("coverage.why.partly", left=clause.partly)


def _what_meets_it(
    clause: Clause,
    state: State,
    rules: tuple[tuple[str, str], ...],
    settings: tuple[str, ...],
) -> Iterator[Message]:
    """Yield the rules with their settings, or the fields."""
    if state == "data":
        yield message("coverage.why.data", fields=_fields(clause.data))
        return
    yield message("coverage.why.rules", rules=_named(rules))
    if settings:
        yield message("coverage.why.settings", settings=_list(settings))


def _named(rules: tuple[tuple[str, str], ...]) -> Mapping[str, str]:
    """Return rules with their rulebooks, by language."""
    return _list(f"{rule} ({book})" for book, rule in rules)


def _list(names: Iterable[str]) -> Mapping[str, str]:
    """Return names in a row, by language."""
    said = tuple(names)
    return {"zh": "、".join(said), "en": ", ".join(said)}


def _fields(data: tuple[str, ...]) -> Mapping[str, str]:
    """Return fields with the titles of their kinds, by language."""
    by_kind: dict[str, list[str]] = {}
    for one in data:
        kind, _, name = one.partition(".")
        by_kind.setdefault(kind, []).append(name)
    return {
        "zh": "；".join(
            f"{spec(kind).title['zh']}（{'、'.join(names)}）"
            for kind, names in by_kind.items()
        ),
        "en": "; ".join(
            f"{spec(kind).title['en']} ({', '.join(names)})"
            for kind, names in by_kind.items()
        ),
    }
