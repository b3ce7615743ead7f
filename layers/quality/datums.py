"""Whether borders fit another layer's better as GCJ-02: a doubt that is told."""

from __future__ import annotations

from typing import TYPE_CHECKING

from layers.datum import declared
from layers.quality.defect import Defect
from layers.quality.overlaps import MUST_TILE
from layers.read import with_suspicion
from layers.read.suspicion import CODE

if TYPE_CHECKING:
    from collections.abc import Iterator

    from layers.layer import Layer, Workspace


def suspected(layer: Layer, workspace: Workspace) -> Iterator[Defect]:
    """Yield a warning for each layer of units that a layer fits better as GCJ-02.

    Asked of kinds that tile, because their borders are those of units, against every
    other ``admin_unit`` layer. The one that is shifted is told, not its reference:
    undoing GCJ-02 brings it nearer, and would take the reference farther away.
    Nothing is moved, and nothing is told where the office has declared the datum and
    it was undone in reading.
    """
    if layer.kind not in MUST_TILE or declared(layer.provenance.crs) is not None:
        return
    told = {
        (one.facts or {}).get("reference") for one in layer.issues if one.code == CODE
    }
    for reference in workspace.of_kind("admin_unit"):
        if reference.id == layer.id or reference.id in told:
            continue
        for one in with_suspicion(layer, reference).issues:
            if one.code == CODE:
                yield Defect(
                    code=one.code,
                    layer=layer.id,
                    severity=one.severity,
                    message=one.message,
                )
