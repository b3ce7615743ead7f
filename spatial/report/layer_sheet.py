"""A layer as a row of the workbook: what was read, and how far it can be relied on."""

from __future__ import annotations

from typing import TYPE_CHECKING

from spatial.report.columns import LAYERS
from spatial.report.words import pick, say, sentence

if TYPE_CHECKING:
    from layers.layer import Layer
    from spatial.report.columns import Row
    from spatial.report.content import LayerRecord
    from spatial.text import Lang


def layer_row(record: LayerRecord, lang: Lang) -> Row:
    """Return the cells of `LAYERS`; nothing is known of a layer that was not read."""
    head = (
        record.id,
        pick(record.title, lang),
        say(f"layer_status.{record.status}", lang),
        say("list_join", lang).join(sentence(one, lang) for one in record.remarks)
        or None,
    )
    if record.layer is None:
        return (*head, *(None,) * (len(LAYERS) - len(head)))
    layer, read = record.layer, record.layer.provenance
    return (
        *head,
        read.source,
        read.edition,
        str(read.valid),
        _coverage(layer, lang),
        layer.accuracy_m,
        read.rows_in_file,
        read.rows_kept,
        read.rows_quarantined,
        read.format,
        read.crs,
        read.crs_evidence,
        read.operation,
        read.licence,
        layer.notice,
        read.sha256,
    )


def _coverage(layer: Layer, lang: Lang) -> str | None:
    """Return the stated coverage, or that nobody stated one; sites need none."""
    if layer.coverage:
        return layer.coverage.stated
    return None if layer.spec.role == "site" else say("layer_no_coverage", lang)
