"""Which layers a review relied on, and which it could not."""

from __future__ import annotations

from typing import TYPE_CHECKING

import shapely

from layers.spec import spec
from layers.text import message
from spatial.report.content import LayerRecord
from spatial.units.model import KIND as UNITS

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterable, Mapping

    from layers.layer import Layer
    from layers.text import Message
    from spatial.policy.judge import Judgement
    from spatial.shelf import Shelf


def kinds_asked_for(
    judgement: Judgement, *, with_advice: bool = True
) -> tuple[str, ...]:
    """Return the layer kinds that the rules of the day ask for, in rule order.

    Without advice: the kinds of which some rule says what follows.
    """
    return tuple(territories_by_kind(judgement, with_advice=with_advice))


def territories_by_kind(
    judgement: Judgement, *, with_advice: bool = True
) -> Mapping[str, tuple[tuple[str, ...], ...]]:
    """Return the layer kinds that the rules of the day ask for, and where.

    As `kinds_asked_for`; each kind with the territories of the rules that ask.
    """
    found: dict[str, dict[tuple[str, ...], None]] = {}
    for judged in judgement.rules:
        if judged.edition is None or judged.status not in ("in_force", "period_ended"):
            continue
        heard = judged.rule.heard(judged.edition, judgement.about)
        for provision in heard.values():
            if provision.where.kind and (with_advice or not provision.is_advice):
                where = found.setdefault(provision.where.kind, {})
                where.setdefault(judged.rule.territory)
    return {kind: tuple(where) for kind, where in found.items()}


def layer_records(shelf: Shelf, judgement: Judgement) -> tuple[LayerRecord, ...]:
    """Return a record per layer of the workspace, then one per kind that is missing."""
    asked = kinds_asked_for(judgement)
    if shelf.workspace.access_lists or shelf.workspace.unavailable_lists:
        asked = tuple(dict.fromkeys((*asked, UNITS)))
    doubted: dict[str, list[Message]] = {}
    for one in judgement.unknowns.distinct():
        if one.kind.startswith("layer_"):
            remark = _general(one.kind, one.why)
            for name in one.what.split(", "):
                if remark not in doubted.setdefault(name, []):
                    doubted[name].append(remark)
    workspace = shelf.workspace
    records = [
        _record(
            one,
            tuple(doubted.get(one.id, ())),
            asked=one.kind in asked,
            on=shelf.on,
            others=shelf.layers(one.kind),
        )
        for one in workspace.layers.values()
    ]
    for lost in workspace.unavailable.values():
        title = lost.spec.title
        said = message(
            "doubt.layer_unreadable", layer=lost.id, title=title, why=lost.reason
        )
        records.append(LayerRecord(lost.id, lost.kind, title, "missing", (said,), None))
    records.extend(_missing(asked, {one.kind for one in records}))
    return tuple(records)


def _general(kind: str, why: Message) -> Message:
    """Leave the numbers of a single site out of a remark on the layer."""
    if kind in ("layer_covers_partly", "layer_does_not_cover"):
        title = why.facts["title"]
        return message("remark.layer_coverage", title=title, layer=why.facts["layer"])
    return why


def _record(
    layer: Layer,
    remarks: tuple[Message, ...],
    *,
    asked: bool,
    on: dt.date,
    others: tuple[Layer, ...],
) -> LayerRecord:
    """Return the record of a layer; `others` of its kind are in force on the day."""
    status = "doubtful" if remarks else "used" if asked else "not_needed"
    valid = layer.provenance.valid
    if status == "used" and on not in valid:
        status = "not_in_force"
        said = message(
            "doubt.layer_not_in_force",
            layer=layer.id,
            title=layer.spec.title,
            valid=str(valid),
            on=str(on),
        )
        remarks = (said,)
    elif status == "used":
        remarks = tuple(_beside(layer, others))
    return LayerRecord(
        layer.id,
        layer.kind,
        layer.spec.title,
        status,  # type: ignore[arg-type]
        remarks,
        layer,
    )


def _beside(layer: Layer, others: tuple[Layer, ...]) -> Iterable[Message]:
    """Tell of other editions that are in force for the same ground.

    They may be two lists, each complete of its own sort; or one has replaced the other
    and nobody has ended it. Only the office knows.
    """
    edition, cover = layer.provenance.edition, layer.coverage
    for one in others:
        other = one.provenance.edition
        if one.id == layer.id or None in (edition, other) or edition == other:
            continue
        if cover is None or one.coverage is None:
            continue
        if shapely.relate_pattern(cover.area, one.coverage.area, "T********"):
            yield message("remark.layer_editions", layer=one.id, edition=str(other))


def _missing(asked: tuple[str, ...], there: set[str]) -> Iterable[LayerRecord]:
    for kind in asked:
        if kind not in there:
            title = spec(kind).title
            said = message("doubt.layer_missing", layer=kind, title=title)
            yield LayerRecord(kind, kind, title, "missing", (said,), None)
