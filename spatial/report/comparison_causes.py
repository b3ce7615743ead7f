"""What is behind a change between two reviews: rules, layers, settings, sites."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from spatial.finding import Unknown
    from spatial.report.content import FindingRecord, ReviewContent, RuleRecord

CauseKind = Literal[
    "override",
    "rule_status",
    "rule_edition",
    "rule_added",
    "rule_removed",
    "rulebook",
    "layer",
    "settings",
    "sites",
    "versions",
]
_HASH = 8  # hex digits that are shown


@dataclass(frozen=True, slots=True)
class Cause:
    """Something that differs between two reviews and may be behind a change.

    Attributes
    ----------
    kind
        What it is: ``rule_status`` and ``rule_edition``: another law on the day;
        ``rule_added``, ``rule_removed``: no such rule on the other side;
        ``rulebook``: its text changed; ``layer``: the layers of a kind that are in
        force; ``settings``, ``sites``, ``versions``, ``override``.
    what
        Its name: rule, rulebook, layer kind.
    before, after
        Of what status, edition, hash; "" where it is not.
    """

    kind: CauseKind
    what: str
    before: str
    after: str


class Causes:
    """What differs between two reviews, looked up by rule and by layer kind."""

    def __init__(self, before: ReviewContent, after: ReviewContent) -> None:
        self._before = before
        self._after = after
        self._by_rule: dict[str, tuple[Cause, ...]] = {}

    def of_finding(
        self, a: FindingRecord | None, b: FindingRecord | None
    ) -> tuple[Cause, ...]:
        """Return what may be behind a finding that came, went or changed."""
        one = a or b
        if one is None:
            return ()
        answers = [side.overruling if side else None for side in (a, b)]
        found: list[Cause] = []
        if a and b and answers[0] != answers[1]:
            said = [x.override.outcome if x else "" for x in answers]
            found.append(Cause("override", one.finding_id, *said))
        kinds = (one.finding.kind,) if one.finding.kind else ()
        return (*found, *self._of_rule(one.finding.rule, kinds), *self._rest)

    def of_unknown(self, unknown: Unknown | None) -> tuple[Cause, ...]:
        """Return what may be behind an unknown that came, went or changed."""
        if unknown is None:
            return ()
        if unknown.rule:
            found = self._of_rule(unknown.rule, self._kinds_of(unknown.rule))
        else:
            named = {part.strip() for part in unknown.what.split(",")}
            found = self._layers(
                kind
                for kind in self._kinds
                if kind in named or named & {*self._ids(kind)}
            )
        return (*found, *self._rest)

    def _of_rule(self, rule: str, kinds: tuple[str, ...]) -> tuple[Cause, ...]:
        return (*self._law(rule), *self._layers(kinds))

    def _law(self, rule: str) -> tuple[Cause, ...]:
        """Return how the law that a rule states differs."""
        if rule not in self._by_rule:
            a, b = self._rules[0].get(rule), self._rules[1].get(rule)
            self._by_rule[rule] = tuple(self._law_differs(rule, a, b))
        return self._by_rule[rule]

    def _law_differs(
        self, rule: str, a: RuleRecord | None, b: RuleRecord | None
    ) -> Iterable[Cause]:
        if a is None or b is None:
            if a is not None:
                yield Cause("rule_removed", rule, a.rulebook, "")
            if b is not None:
                yield Cause("rule_added", rule, "", b.rulebook)
            return
        if a.status != b.status:
            yield Cause("rule_status", rule, a.status, b.status)
        if a.edition != b.edition and (a.edition and b.edition):
            yield Cause("rule_edition", rule, a.edition, b.edition)
        hashes = [
            side.inputs.get(f"rulebook:{one.rulebook}", "")[:_HASH]
            for side, one in ((self._before, a), (self._after, b))
        ]
        if hashes[0] != hashes[1]:
            yield Cause("rulebook", b.rulebook, *hashes)

    def _layers(self, kinds: Iterable[str]) -> tuple[Cause, ...]:
        """Return the kinds whose layers in force are not the same."""
        found = []
        for kind in dict.fromkeys(kinds):
            a, b = (_in_use(side, kind) for side in (self._before, self._after))
            if a != b:
                found.append(Cause("layer", kind, a, b))
        return tuple(found)

    @cached_property
    def _rules(self) -> tuple[Mapping[str, RuleRecord], Mapping[str, RuleRecord]]:
        a, b = (
            {one.id: one for one in side.rules} for side in (self._before, self._after)
        )
        return a, b

    @cached_property
    def _kinds(self) -> tuple[str, ...]:
        both = (*self._before.layers, *self._after.layers)
        return tuple(dict.fromkeys(one.kind for one in both))

    def _kinds_of(self, rule: str) -> tuple[str, ...]:
        found = [side[rule].kinds for side in self._rules if rule in side]
        return tuple(dict.fromkeys(kind for kinds in found for kind in kinds))

    def _ids(self, kind: str) -> Iterable[str]:
        both = (*self._before.layers, *self._after.layers)
        return (one.id for one in both if one.kind == kind)

    @cached_property
    def _rest(self) -> tuple[Cause, ...]:
        """Return what differs for every rule alike."""
        a, b = self._before, self._after
        found: list[Cause] = []
        names = sorted(
            {one.name for one in {*a.settings} ^ {*b.settings}},
        )
        figures = [{one.name: one.value for one in side.settings} for side in (a, b)]
        found += [
            Cause("settings", name, *(_figure(side.get(name)) for side in figures))
            for name in names
        ]
        sites = [side.inputs.get("sites", "")[:_HASH] for side in (a, b)]
        if sites[0] != sites[1]:
            found.append(Cause("sites", "sites", *sites))
        for name in sorted({*a.versions, *b.versions}):
            versions = [side.versions.get(name, "") for side in (a, b)]
            if versions[0] != versions[1]:
                found.append(Cause("versions", name, *versions))
        return tuple(found)


def _figure(value: float | str | tuple[str, ...] | None) -> str:
    if value is None:
        return ""
    return ", ".join(value) if isinstance(value, tuple) else str(value)


def _in_use(content: ReviewContent, kind: str) -> str:
    """Return the layers of a kind that were in force: id, edition, hash."""
    told = []
    for one in content.layers:
        if one.kind != kind or one.layer is None:
            continue
        read = one.layer.provenance
        if content.on in read.valid:
            edition = f" {read.edition}" if read.edition else ""
            told.append(f"{one.id}{edition} ({read.sha256[:_HASH]})")
    return ", ".join(told)
