"""Access lists among the rules of a report: cited row by row, counted list by list."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from layers.requirement import DIMENSIONS
from spatial.report.content import CitationRecord, RuleRecord
from spatial.units.requirements import dimension_title

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from layers.requirement import AccessList
    from spatial.policy.judge import Judgement
    from spatial.units import UnitJudgement


class Cited(NamedTuple):
    """What a finding cites: title and note of the rule, and the clause."""

    title: Mapping[str, str]
    note: str
    record: CitationRecord


def cited_row(rule: str, provision: int, units: UnitJudgement) -> Cited:
    """Return what is printed of a requirement.

    Parameters
    ----------
    rule
        Id of the list and the row, ``list#12``.
    provision
        Which dimension, from 1: a row may hold four.
    units
        Has the requirement and its list.
    """
    requirement = units.clauses[rule, provision]
    found = _lists(units)[requirement.access_list]
    record = _citation(found, f"第{requirement.row}行", requirement.text)
    return Cited(dimension_title(DIMENSIONS[provision - 1]), "", record)


def list_documents(units: UnitJudgement) -> Mapping[str, CitationRecord]:
    """Return every list that was read as a document, by its id."""
    return {name: _citation(one, "", "") for name, one in _lists(units).items()}


def list_rules(units: UnitJudgement, judgement: Judgement) -> Iterator[RuleRecord]:
    """Yield each list as one rule: at how many sites it holds or is undecided."""
    hit: dict[str, set[int]] = {}
    for one in judgement.findings:
        if (one.rule, one.provision) in units.clauses:
            name = units.clauses[one.rule, one.provision].access_list
            hit.setdefault(name, set()).add(one.site)
    open_: dict[str, set[int]] = {}
    for lack in units.unknowns:
        for name in lack.rule.split(", "):
            open_.setdefault(name, set()).add(lack.site)
    for record in units.lists:
        valid = record.found.provenance.valid if record.found else None
        yield RuleRecord(
            id=record.id,
            title={"zh": record.title, "en": record.title},
            rulebook="access_lists",
            status="in_force" if record.status == "in_force" else "not_in_force",
            edition=str(valid) if valid else "",
            sites_hit=len(hit.get(record.id, ())),
            sites_unknown=len(open_.get(record.id, ())),
        )


def _lists(units: UnitJudgement) -> Mapping[str, AccessList]:
    return {one.id: one.found for one in units.lists if one.found is not None}


def _citation(found: AccessList, article: str, quote: str) -> CitationRecord:
    """Return a list as it is cited: title and edition, and where it was read."""
    read = found.provenance
    edition = f"（{read.edition}）" if read.edition else ""
    title = f"{found.title}{edition}"
    sheet = f" [{read.source_layer}]" if read.source_layer else ""
    return CitationRecord(
        document_id=found.id,
        document={"zh": title, "en": title},
        article=article,
        quote=quote,
        edition=str(read.valid),
        status="in_force",
        verified="text",
        source=f"{read.source}{sheet}",
    )
