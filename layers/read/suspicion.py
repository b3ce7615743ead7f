"""A layer that fits a reference better as GCJ-02 says so. Nothing is moved."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from layers.datum import suspect_gcj02
from layers.issue import DataIssue

if TYPE_CHECKING:
    from layers.layer import Layer

CODE = "gcj02_suspected"


def with_suspicion(layer: Layer, reference: Layer) -> Layer:
    """Return the layer, with the warning ``gcj02_suspected`` where it is due.

    Parameters
    ----------
    layer
        Borders of polygons or lines.
    reference
        A layer of about the same borders whose datum is known.
    """
    borders, known = (
        np.asarray(one.frame.geometry.array, dtype=object) for one in (layer, reference)
    )
    issues = [one for one in layer.issues if one.code != CODE]
    found = suspect_gcj02(borders, known)
    if found is not None:
        facts: dict[str, str | float] = {
            "before_m": round(found.before_m, 1),
            "after_m": round(found.after_m, 1),
            "share": round(found.share_of_shift, 2),
            "reference": reference.id,
        }
        issues.append(DataIssue(CODE, layer.id, facts=facts))
    return replace(layer, issues=tuple(issues))
