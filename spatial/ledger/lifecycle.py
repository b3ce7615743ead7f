"""States and moves of a case, as data: may this move be made, and if not, why."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, cast

from layers import document
from spatial.ledger.model import EVIDENCE_KINDS
from spatial.ledger.projection import AMENDABLE

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Callable, Collection, Iterable, Mapping

    from layers.document import Entry
    from spatial.ledger.calendar import Day
    from spatial.ledger.model import Actor

OWN = Path(__file__).with_name("lifecycle.yaml")

ACTIONS = (
    *("open", "see", "run", "attach", "amend", "link", "transfer", "answer"),
    *("merge", "split", "rematch", "private", "erase"),
)
MARKS = ("", "filed", "closed", "reopened")
Title = dict[str, str]


@dataclass(frozen=True, slots=True)
class State:
    """A state: its title by language, its colour, and whether work is awaited."""

    id: str
    title: Mapping[str, str]
    colour: str
    open: bool


@dataclass(frozen=True, slots=True)
class Move:
    """A move from one of some states to another.

    Attributes
    ----------
    needs
        Each line must be met by one of its alternatives; an alternative is the kinds
        of evidence that must all be there.
    since
        Evidence counts when it is newer than the last entry into one of these states.
    fields
        Columns of the case that must not be empty.
    mark
        ``filed``, ``closed``, ``reopened``: days that the row of the case keeps.
    """

    id: str
    title: Mapping[str, str]
    from_states: tuple[str, ...]
    to: str
    roles: frozenset[str]
    why: bool
    needs: tuple[tuple[frozenset[str], ...], ...]
    since: frozenset[str]
    fields: tuple[str, ...]
    mark: str


@dataclass(frozen=True, slots=True)
class Deadline:
    """How long a case may stay in a state; `verified` when a statute says so."""

    days: int
    unit: Literal["working", "calendar"]
    verified: bool
    note: str


@dataclass(frozen=True, slots=True)
class Lifecycle:
    """Everything that ``lifecycle.yaml`` says."""

    roles: Mapping[str, Mapping[str, str]]
    states: Mapping[str, State]
    first: str
    merged: str
    moves: Mapping[str, Move]
    suspenders: frozenset[str]
    actions: Mapping[str, frozenset[str]]
    steps: Mapping[str, Mapping[str, str]]
    deadlines: Mapping[str, Deadline]
    remind_days: int

    @property
    def open_states(self) -> tuple[str, ...]:
        """Return the states in which work is awaited, in order."""
        return tuple(one.id for one in self.states.values() if one.open)

    def may(self, actor: Actor, action: str) -> tuple[str, ...]:
        """Return what stands against an action; nothing when the role may do it."""
        return _role_lacks(actor, self.actions[action])

    def moves_from(self, state: str) -> tuple[Move, ...]:
        """Return the moves that a state allows, in the order of the file."""
        return tuple(one for one in self.moves.values() if state in one.from_states)

    def due(
        self, state: str, after: Callable[[int, Literal["working", "calendar"]], Day]
    ) -> Day | None:
        """Return by when a case has to leave a state; None where nothing says so."""
        limit = self.deadlines.get(state)
        return None if limit is None else after(limit.days, limit.unit)


def _role_lacks(actor: Actor, roles: Collection[str]) -> tuple[str, ...]:
    if actor.role in roles:
        return ()
    return (f"expected a role of {', '.join(sorted(roles))}, got {actor.role!r}",)


def lacks(
    move: Move,
    *,
    actor: Actor,
    row: Mapping[str, object],
    evidence: Collection[str],
    why: str,
) -> tuple[str, ...]:
    """Return what a move lacks, piece by piece; nothing when it can be made.

    Parameters
    ----------
    move
        The move.
    actor
        Who wants to make it.
    row
        The case as it stands.
    evidence
        Kinds of evidence that count for it (see `Move.since`).
    why
        The reason given.
    """
    found: list[str] = []
    if row["state"] not in move.from_states:
        wanted = ", ".join(move.from_states)
        found.append(f"expected a case in the state {wanted}, got {row['state']}")
    if row["suspended"]:
        found.append("the case is suspended; resume it first")
    found += _role_lacks(actor, move.roles)
    if move.why and not why.strip():
        found.append("a reason (why) is missing")
    found += [f"the field {name} is empty" for name in move.fields if not row[name]]
    there = set(evidence)
    for line in move.needs:
        if not any(one <= there for one in line):
            words = " or ".join("+".join(sorted(one)) for one in line)
            found.append(f"evidence is missing: {words}")
    return tuple(found)


def counting(
    move: Move,
    *,
    entered: Iterable[tuple[int, str, str]],
    evidence: Iterable[Mapping[str, Any]],
    last_seen: dt.date | None = None,
) -> frozenset[str]:
    """Return the kinds of evidence that count for a move (see `Move.since`).

    An after-image from before the last day on which the damage was seen shows no
    rectification, whenever it was entered; it does not count.

    Parameters
    ----------
    move
        The move.
    entered
        Number, state before and state after of the events of the case.
    evidence
        Rows of its evidence: ``seq``, ``kind``, ``taken_on``.
    last_seen
        The last day on which the damage was seen.
    """
    if not move.needs:
        return frozenset()
    start = max(
        (seq for seq, old, new in entered if new in move.since and new != old),
        default=0,
    )

    def early(one: Mapping[str, Any]) -> bool:
        taken = one["taken_on"]
        return (
            one["kind"] == "after_image"
            and taken is not None
            and last_seen is not None
            and taken < last_seen
        )

    return frozenset(
        str(one["kind"]) for one in evidence if one["seq"] > start and not early(one)
    )


def load_lifecycle(path: Path | str = OWN) -> Lifecycle:
    """Read the life of a case.

    Parameters
    ----------
    path
        A file in the form of ``lifecycle.yaml``.

    Raises
    ------
    DocumentError
        An unknown key, state, role, field or kind of evidence, or a missing one.
    """
    return _own() if path == OWN else _lifecycle(document.load(path))


@cache
def _own() -> Lifecycle:
    return _lifecycle(document.load_own(OWN))


def _lifecycle(top: Entry) -> Lifecycle:
    """Return what a document says."""
    top.only(
        *("roles", "states", "first", "merged", "moves", "suspend", "actions"),
        *("supervision_steps", "deadlines", "remind_days"),
    )
    roles = {name: _title(one) for name, one in top.need("roles").mapping().items()}
    states = {name: _state(name, one) for name, one in _children(top, "states")}
    actions = top.need("actions")
    actions.only(*ACTIONS)
    suspend = top.need("suspend")
    suspend.only("roles")
    limits = top.need("deadlines")
    limits.only(*states)
    return Lifecycle(
        roles=roles,
        states=states,
        first=top.need("first").one_of(*states),
        merged=top.need("merged").one_of(*states),
        moves={
            name: _move(name, one, states=tuple(states), roles=tuple(roles))
            for name, one in _children(top, "moves")
        },
        suspenders=_among(suspend.need("roles"), roles),
        actions={name: _among(actions.need(name), roles) for name in ACTIONS},
        steps={name: _title(one) for name, one in _children(top, "supervision_steps")},
        deadlines={name: _deadline(one) for name, one in limits.mapping().items()},
        remind_days=_whole(top.need("remind_days")),
    )


def _children(top: Entry, key: str) -> tuple[tuple[str, Entry], ...]:
    return tuple(top.need(key).mapping().items())


def _title(entry: Entry) -> Title:
    entry.only("zh", "en")
    return {lang: entry.need(lang).text() for lang in ("zh", "en")}


def _titled(entry: Entry) -> Title:
    return {lang: entry.need(lang).text() for lang in ("zh", "en")}


def _state(name: str, entry: Entry) -> State:
    entry.only("zh", "en", "colour", "open")
    return State(
        name, _titled(entry), entry.need("colour").text(), entry.need("open").flag()
    )


def _among(entry: Entry | None, known: Collection[str]) -> frozenset[str]:
    """Return a list of names, all of them known."""
    if entry is None:
        return frozenset()
    return frozenset(one.one_of(*known) for one in entry)


def _move(
    name: str, entry: Entry, *, states: Collection[str], roles: Collection[str]
) -> Move:
    entry.only(
        *("zh", "en", "from", "to", "roles", "why", "needs", "since", "fields", "mark")
    )
    needs, fields, why = entry.get("needs"), entry.get("fields"), entry.get("why")
    mark = entry.get("mark")
    if needs is not None and entry.get("since") is None:
        needs.fail("the key 'since' beside it: from when evidence counts")
    return Move(
        id=name,
        title=_titled(entry),
        from_states=tuple(one.one_of(*states) for one in entry.need("from")),
        to=entry.need("to").one_of(*states),
        roles=_among(entry.need("roles"), roles),
        why=why.flag() if why else False,
        needs=tuple(_line(one) for one in needs) if needs else (),
        since=_among(entry.get("since"), states),
        fields=tuple(one.one_of(*sorted(AMENDABLE)) for one in fields or ()),
        mark=mark.one_of(*MARKS) if mark else "",
    )


def _line(entry: Entry) -> tuple[frozenset[str], ...]:
    """Return the alternatives of a line; `a+b` wants both."""
    found = []
    for one in entry:
        kinds = frozenset(one.text().split("+"))
        if not kinds <= set(EVIDENCE_KINDS):
            one.fail(f"kinds of evidence: {', '.join(EVIDENCE_KINDS)}")
        found.append(kinds)
    return tuple(found)


def _deadline(entry: Entry) -> Deadline:
    entry.only("days", "unit", "verified", "note")
    unit = entry.need("unit").one_of("working", "calendar")
    return Deadline(
        days=_whole(entry.need("days")),
        unit=cast("Literal['working', 'calendar']", unit),
        verified=entry.need("verified").flag(),
        note=entry.need("note").text(),
    )


def _whole(entry: Entry) -> int:
    number = entry.number()
    if number < 0 or number != int(number):
        entry.fail("a whole number, 0 or more")
    return int(number)
