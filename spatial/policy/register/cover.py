"""How each clause of the register is met: derived from rules, fields and settings.

A clause has the state ``rule`` or ``needs_setting`` only because a rule answers for
it: one that bears its id or lists it under ``clauses``, and that cites the same
article of the same text. Nothing else can claim it. Rules on projects are heard of
activities too, so both sorts may answer for a clause on activities; one on siting
needs a rule on projects.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from layers.errors import InputRefusedError, UnknownKindError
from layers.spec import kinds
from spatial.policy import model
from spatial.policy.register.model import GROUPS, MET, RULED, STATES
from spatial.policy.register.reasons import reasons

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from layers.text import Message
    from spatial.policy.register.model import Clause, Group, Register, State

Way = Literal["rule", "setting", "monitoring", "ledger", "data"]
WAYS: tuple[Way, ...] = ("rule", "setting", "monitoring", "ledger", "data")
Mark = Literal["done", "partly", "needed", "missing"]


@dataclass(frozen=True, slots=True)
class Covered:
    """A clause and how it is met.

    Attributes
    ----------
    state
        ``rule``: a rule judges it. ``needs_setting``: a rule judges it as soon as
        the office has set `settings`. ``monitoring``, ``ledger``: a command does it
        (`Clause.done`), does a part of it (`Clause.helped`), or none does yet.
        ``data``: fields of layer kinds
        hold it. ``open``: nothing meets it; `reasons` say why.
    rules
        ``(rulebook, rule)``, in the order of the rulebooks.
    settings
        Names that the rules refer to, sorted.
    lacks
        Titles of the layers that the clause speaks of and the catalogue does not
        have.
    reasons
        Sentences ``coverage.why.*``: what meets it, what is left out, what is
        missing.
    """

    clause: Clause
    state: State
    rules: tuple[tuple[str, str], ...]
    settings: tuple[str, ...]
    lacks: tuple[Mapping[str, str], ...]
    reasons: tuple[Message, ...]

    @property
    def is_partly(self) -> bool:
        """Whether rules, data or a command meet it, but not the whole of it."""
        met = self.state in MET or bool(self.clause.done)
        return met and bool(self.clause.partly)

    @property
    def marks(self) -> Mapping[Way, Mark]:
        """Its row of the matrix: by way, ``done``, ``partly``, ``needed``, ``missing``.

        A way that does not concern the clause has no mark. ``needed`` stands under
        ``setting`` alone: the office has to set a value, or will have to.
        """
        met: Mark = "partly" if self.clause.partly else "done"
        if self.state == "rule":
            return {"rule": met}
        if self.state == "needs_setting":
            return {"rule": met, "setting": "needed"}
        if self.state == "data":
            return {"data": met}
        if self.clause.group not in RULED:
            part: Mark = "partly" if self.clause.helped else "missing"
            return {_WAY_OF[self.clause.group]: met if self.clause.done else part}
        if self.clause.is_figure_open:
            return {"rule": "missing", "setting": "needed"}
        return {"rule": "missing"}


_WAY_OF: Mapping[Group, Way] = {
    "siting": "rule",
    "activity": "rule",
    "monitoring": "monitoring",
    "ledger": "ledger",
    "data": "data",
}


def cover(
    register: Register, rulebooks: Sequence[model.Rulebook]
) -> tuple[Covered, ...]:
    """Tell of every clause how it is met.

    Parameters
    ----------
    register
        From `spatial.policy.register.load.load_register`.
    rulebooks
        Whose rules may answer for clauses.

    Returns
    -------
    tuple of Covered
        One for each clause, in the order of the register.

    Raises
    ------
    UnknownKindError
        A rule lists a clause that the register does not have.
    InputRefusedError
        A rule answers for a clause and cites another article, or speaks of activities
        and answers for a clause on siting.
    """
    answers = _answers(register, rulebooks)
    return tuple(
        _covered(one, answers.get(one.id, []), register) for one in register.clauses
    )


def counts(covered: Iterable[Covered]) -> Mapping[Group, Mapping[State, int]]:
    """Count clauses by group and state; every group and state is there, in order."""
    found = Counter((one.clause.group, one.state) for one in covered)
    return {group: {state: found[group, state] for state in STATES} for group in GROUPS}


def settings_of(rule: model.Rule) -> tuple[str, ...]:
    """Return the names of the settings that a rule refers to, sorted.

    Every edition counts, and every place: subject, zone filter, distance, relief. A
    setting has no default, so each of them has to be set.
    """
    names: set[str] = set()
    for edition in rule.editions:
        for one in edition.provisions:
            if isinstance(one.where.distance_m, model.SettingRef):
                names.add(one.where.distance_m.name)
            asked = (one.subject, one.where.filter, *(r.when for r in one.relief))
            for condition in asked:
                names.update(_settings(condition))
    return tuple(sorted(names))


def _settings(condition: model.Condition | None) -> Iterator[str]:
    """Yield the settings that a condition compares with."""
    if isinstance(condition, model.Not):
        yield from _settings(condition.part)
    elif isinstance(condition, model.All | model.Any):
        for part in condition.parts:
            yield from _settings(part)
    elif condition is not None and isinstance(condition.value, model.SettingRef):
        yield condition.value.name


# -- which rule answers for which clause -------------------------------------------

_Answer = tuple[model.Rulebook, model.Rule]


def _answers(
    register: Register, rulebooks: Sequence[model.Rulebook]
) -> dict[str, list[_Answer]]:
    """Return the rules that answer for each clause, each claim checked."""
    clauses = {one.id: one for one in register.clauses}
    found: dict[str, list[_Answer]] = {}
    for book in rulebooks:
        for rule in book.rules:
            own = (rule.id,) if rule.id in clauses else ()
            for name in dict.fromkeys((*own, *rule.clauses)):
                if name not in clauses:
                    raise UnknownKindError(
                        what=f"clause (listed by rule {rule.id} of {book.path})",
                        name=name,
                        known=list(clauses),
                    )
                _refuse_other_article(rule, book, clauses[name])
                _refuse_unheard(rule, book, clauses[name])
                found.setdefault(name, []).append((book, rule))
    return found


def _refuse_other_article(
    rule: model.Rule, book: model.Rulebook, clause: Clause
) -> None:
    """Refuse a rule that cites another place than the clause it answers for."""
    cited = [(book.documents[one.document], one.article) for one in _citations(rule)]
    if any(
        _is_same_text(document, clause.document)
        and is_same_article(article, clause.article)
        for document, article in cited
    ):
        return
    said = "; ".join(f"{document.title['zh']} {article}" for document, article in cited)
    raise InputRefusedError(
        source=book.path,
        expected=f"rule {rule.id} to cite {clause.document.title['zh']}"
        f" {clause.article}, because it answers for clause {clause.id}",
        got=said,
        todo=f"correct the citation, or {clause.path.name}:{clause.line}",
    )


def _refuse_unheard(rule: model.Rule, book: model.Rulebook, clause: Clause) -> None:
    """Refuse a rule on activities for a clause on siting: no project would hear it."""
    if rule.about == "activity" and clause.group == "siting":
        raise InputRefusedError(
            source=book.path,
            expected=f"a rule on projects to answer for clause {clause.id} (siting)",
            got=f"rule {rule.id}, about: activity",
            todo="leave out 'about', or the clause",
        )


def _citations(rule: model.Rule) -> Iterator[model.Citation]:
    """Yield everything a rule cites."""
    for edition in rule.editions:
        yield edition.citation
        for provision in edition.provisions:
            yield from provision.reads_with
            yield from (one.citation for one in provision.relief if one.citation)


def _is_same_text(one: model.Document, other: model.Document) -> bool:
    """Whether two entries mean one document: the same text file, or the same title."""
    return one.text == other.text if one.text else one.title["zh"] == other.title["zh"]


def is_same_article(cited: str, clause: str) -> bool:
    """Whether a citation means the article of a clause, or a part of it.

    Width of brackets and digits and blanks do not count.

    Examples
    --------
    >>> is_same_article("五、(十四)", "五、（十四）")
    True
    >>> is_same_article("第九章专栏8（二）", "第九章专栏8")
    True
    >>> is_same_article("第九章专栏10", "第九章专栏1")
    False
    """
    said, wanted = (_even(text) for text in (cited, clause))
    rest = said.removeprefix(wanted)
    return said.startswith(wanted) and not rest[:1].isdigit()


def _even(text: str) -> str:
    """Return a text with brackets and digits of one width and without blanks."""
    return re.sub(r"\s", "", unicodedata.normalize("NFKC", text))


# -- the state, and the reasons for it -----------------------------------------------


def _covered(clause: Clause, answers: list[_Answer], register: Register) -> Covered:
    """Derive how one clause is met."""
    settings = tuple(
        sorted({name for _, rule in answers for name in settings_of(rule)})
    )
    known = kinds()
    lacks = tuple(register.wanted[one] for one in clause.layers if one not in known)
    state = _state(clause, is_ruled=bool(answers), needs_setting=bool(settings))
    rules = tuple((book.id, rule.id) for book, rule in answers)
    return Covered(
        clause=clause,
        state=state,
        rules=rules,
        settings=settings,
        lacks=lacks,
        reasons=tuple(
            reasons(
                clause,
                state,
                rules,
                settings=settings,
                lacks=lacks,
                is_for_a_person=all(_only_asks(rule) for _, rule in answers),
            )
        ),
    )


def _only_asks(rule: model.Rule) -> bool:
    """Whether a rule never decides: where it applies, a person must read the text."""
    return all(
        provision.effect == "needs_information"
        for edition in rule.editions
        for provision in edition.provisions
    )


def _state(clause: Clause, *, is_ruled: bool, needs_setting: bool) -> State:
    """Return the state; a rule or a field that is there goes before a plan."""
    if is_ruled:
        return "needs_setting" if needs_setting else "rule"
    if clause.group in RULED:
        return "open"
    if clause.data:
        return "data"
    if clause.group == "monitoring":
        return "monitoring"
    return "ledger" if clause.group == "ledger" else "open"
