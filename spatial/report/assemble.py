"""From a judgement to the content of a report: everything that is printed, in order."""

from __future__ import annotations

import hashlib
import json
import platform
from collections import Counter
from importlib import metadata
from typing import TYPE_CHECKING

import pyproj
import shapely

from spatial.report.citations import citation_record
from spatial.report.content import CitationRecord, ReviewContent, RuleRecord
from spatial.report.layer_records import layer_records
from spatial.report.site_records import SiteRecords

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterable, Mapping

    from layers.layer import Layer, Workspace
    from spatial.avoid.model import Help
    from spatial.policy.judge import Judgement
    from spatial.policy.model import Rulebook
    from spatial.shelf import Shelf

_LIBRARIES = ("geopandas", "numpy", "pandas", "pyogrio", "pyproj", "shapely")


def assemble(
    site_layer: Layer,
    shelf: Shelf,
    judgement: Judgement,
    rulebooks: tuple[Rulebook, ...],
    *,
    helps: Mapping[int, Help] | None = None,
) -> ReviewContent:
    """Build the content of a siting review.

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
    helps
        By position of the site: what could be done about it.

    Returns
    -------
    ReviewContent
        Complete, ordered, language-neutral.
    """
    workspace = shelf.workspace
    layers = tuple(workspace.layers.values())
    inputs = inputs_of(site_layer, workspace, rulebooks)
    versions = versions_of()
    notices = (workspace.notice, site_layer.notice, *(one.notice for one in layers))
    return ReviewContent(
        title=workspace.title,
        region=workspace.region,
        notices=distinct(one for one in notices if one),
        on=shelf.on,
        run_id=run_id(inputs, versions, workspace, on=shelf.on),
        inputs=inputs,
        versions=versions,
        sites=SiteRecords(site_layer, shelf, judgement, rulebooks, helps or {}).build(),
        layers=layer_records(shelf, judgement),
        rules=tuple(_rule_records(judgement)),
        documents=_documents(judgement, rulebooks, on=shelf.on),
        site_layer=site_layer,
        issues=tuple(issue for one in (site_layer, *layers) for issue in one.issues),
        settings=tuple(workspace.settings.values()),
    )


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
    if workspace.sha256:
        inputs["workspace"] = workspace.sha256
    for one in workspace.layers.values():
        inputs[f"layer:{one.id}"] = one.provenance.sha256
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
    workspace: Workspace,
    *,
    on: dt.date,
) -> str:
    """Return 12 hex digits that change when anything that matters changes."""
    settings = [
        (one.name, one.value, one.source) for one in workspace.settings.values()
    ]
    what = [dict(inputs), dict(versions), str(on), settings]
    text = json.dumps(what, ensure_ascii=False, sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()[:12]


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
        )


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
