"""From a judgement to the content of a report: everything that is printed, in order."""

from __future__ import annotations

import hashlib
import json
import platform
from collections import Counter
from dataclasses import replace
from importlib import metadata
from typing import TYPE_CHECKING

import pyproj
import shapely

from layers.garbage import uncollected
from spatial.report.citations import citation_record
from spatial.report.content import CitationRecord, ReviewContent, RuleRecord
from spatial.report.layer_records import layer_records
from spatial.report.listed import list_documents, list_rules
from spatial.report.site_records import SiteRecords
from spatial.units import UnitJudgement

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterable, Mapping

    from layers.issue import DataIssue
    from layers.layer import Layer, Setting, Workspace
    from spatial.avoid.model import Help
    from spatial.policy.judge import JudgedRule, Judgement
    from spatial.policy.model import About, Rulebook
    from spatial.shelf import Shelf

_LIBRARIES = ("geopandas", "numpy", "pandas", "pyogrio", "pyproj", "shapely")


@uncollected()
def assemble(
    site_layer: Layer,
    shelf: Shelf,
    judgement: Judgement,
    rulebooks: tuple[Rulebook, ...],
    *,
    units: UnitJudgement | None = None,
    helps: Mapping[int, Help] | None = None,
) -> ReviewContent:
    """Build the content of a review.

    Parameters
    ----------
    site_layer
        The sites as read; its quarantined rows become sites that are not checked.
    shelf
        The sites and layers that were judged; its sites are the rows that
        `site_layer` kept, in order.
    judgement
        What the judge said, with the unknowns that `spatial.review` added.
    rulebooks
        What was judged by.
    units
        What `spatial.units` said; its findings and unknowns are in `judgement`.
    helps
        By position of the site: what could be done about it.

    Returns
    -------
    ReviewContent
        Complete, ordered, language-neutral.
    """
    units = units or UnitJudgement()
    workspace = shelf.workspace
    layers = tuple(workspace.layers.values())
    inputs = inputs_of(site_layer, workspace, rulebooks)
    versions = versions_of()
    settings = tuple(workspace.settings.values())
    notices = (workspace.notice, site_layer.notice, *(one.notice for one in layers))
    return ReviewContent(
        title=workspace.title,
        region=workspace.region,
        notices=distinct(one for one in notices if one),
        on=shelf.on,
        run_id=run_id(
            inputs,
            versions,
            on=shelf.on,
            settings=settings,
            about=judgement.about,
        ),
        inputs=inputs,
        versions=versions,
        sites=SiteRecords(
            site_layer, shelf, judgement, rulebooks, units=units, helps=helps or {}
        ).build(),
        layers=layer_records(shelf, judgement),
        rules=(*_rule_records(judgement), *list_rules(units, judgement)),
        documents={
            **_documents(judgement, rulebooks, on=shelf.on),
            **list_documents(units),
        },
        site_layer=site_layer,
        issues=_issues(site_layer, workspace),
        settings=settings,
        about=judgement.about,
        access_lists=units.lists,
        base_map=workspace.base_map,
    )


def _issues(site_layer: Layer, workspace: Workspace) -> tuple[DataIssue, ...]:
    """Return the issues of the sites, of the layers, of the access lists, in order."""
    of_layers = (one.issues for one in (site_layer, *workspace.layers.values()))
    of_lists = (one.issues for one in workspace.access_lists.values())
    return tuple(issue for ones in (*of_layers, *of_lists) for issue in ones)


def distinct(notices: Iterable[str]) -> tuple[str, ...]:
    """Return the notices, without those that an earlier one says already."""
    kept: list[str] = []
    for one in notices:
        if not any(one in earlier for earlier in kept):
            kept.append(one)
    return tuple(kept)


def inputs_of(
    site_layer: Layer, workspace: Workspace, rulebooks: Iterable[Rulebook]
) -> Mapping[str, str]:
    """Return the hash of everything that went in, by a name without machine paths."""
    inputs = {"sites": site_layer.provenance.sha256}
    inputs |= {f"{name}:sites": sha for name, sha in site_layer.provenance.files}
    if workspace.sha256:
        inputs["workspace"] = workspace.sha256
    inputs |= workspace.files
    for one in workspace.layers.values():
        inputs[f"layer:{one.id}"] = one.provenance.sha256
        inputs |= {f"{name}:{one.id}": sha for name, sha in one.provenance.files}
    for found in workspace.access_lists.values():
        inputs[f"access_list:{found.id}"] = found.provenance.sha256
    for book in rulebooks:
        inputs[f"rulebook:{book.id}"] = book.sha256
    return inputs


def versions_of() -> Mapping[str, str]:
    """Return the versions of what computes."""
    found = {"ecoredline": metadata.version("ecoredline")}
    found |= {name: metadata.version(name) for name in _LIBRARIES}
    found["GEOS"] = ".".join(map(str, shapely.geos_version))
    found["PROJ"] = pyproj.proj_version_str
    found["python"] = platform.python_version()
    return found


def run_id(
    inputs: Mapping[str, str],
    versions: Mapping[str, str],
    *,
    on: dt.date,
    settings: Iterable[Setting],
    about: About,
) -> str:
    """Return 12 hex digits that change when anything that matters changes."""
    figures = [(one.name, one.value, one.source) for one in settings]
    what = [dict(inputs), dict(versions), str(on), figures, about]
    text = json.dumps(what, ensure_ascii=False, sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()[:12]


def with_input(content: ReviewContent, name: str, sha256: str) -> ReviewContent:
    """Return a review that a further file went into; it is another run."""
    inputs = {**content.inputs, name: sha256}
    named = run_id(
        inputs,
        content.versions,
        on=content.on,
        settings=content.settings,
        about=content.about,
    )
    return replace(content, inputs=inputs, run_id=named)


def under_versions(
    content: ReviewContent, versions: Mapping[str, str]
) -> ReviewContent:
    """Return a review as it would be named had these versions made it.

    For a replay: the bytes of an older run can be the same only under its versions.
    """
    named = run_id(
        content.inputs,
        versions,
        on=content.on,
        settings=content.settings,
        about=content.about,
    )
    compared = content.comparison
    if compared is not None:
        compared = replace(
            compared,
            before=replace(compared.before, run_id=named),
            after=replace(compared.after, run_id=run_id(
                compared.after.inputs, versions,
                on=compared.after.on, settings=compared.after.settings,
                about=content.about,
            )),
        )  # fmt: skip
    return replace(content, versions=versions, run_id=named, comparison=compared)


def _rule_records(judgement: Judgement) -> Iterable[RuleRecord]:
    hit = Counter(rule for rule, _ in {(f.rule, f.site) for f in judgement.findings})
    open_ = judgement.unknowns.sites_by_rule()
    for one in judgement.rules:
        yield RuleRecord(
            id=one.rule.id,
            title=one.rule.title,
            rulebook=one.rulebook,
            status=one.status,
            edition=str(one.edition.valid) if one.edition else "",
            sites_hit=hit[one.rule.id],
            sites_unknown=open_.get(one.rule.id, 0),
            kinds=_kinds(one),
        )


def _kinds(judged: JudgedRule) -> tuple[str, ...]:
    """Return the layer kinds that a rule of the day looks at."""
    parts = judged.edition.provisions if judged.edition else ()
    return tuple(dict.fromkeys(one.where.kind for one in parts if one.where.kind))


def _documents(
    judgement: Judgement, rulebooks: tuple[Rulebook, ...], *, on: dt.date
) -> Mapping[str, CitationRecord]:
    """Return one clause of every document that a rule of the day cites."""
    books = {one.id: one for one in rulebooks}
    found: dict[str, CitationRecord] = {}
    for one in judgement.rules:
        if one.edition is not None:
            record = citation_record(
                one.edition.citation,
                books[one.rulebook],
                period=one.edition.valid,
                on=on,
                ended=one.status == "period_ended",
            )
            found.setdefault(record.document_id, record)
    return found
