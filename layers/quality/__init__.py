"""Whether the layers of a workspace are fit for use, and where they are not.

    from layers import quality
    report = quality.check(layers.open_workspace("office/"), on=date(2025, 10, 31))
    report.layers, report.findings

What reading has found is taken over, not computed again; what only shows when layers
are held against each other, against the region and against a day is added. Areas and
widths here are approximate: they sort the findings and are nobody's official area.
"""

from layers.quality.defect import SEVERITY, Defect, Limits
from layers.quality.region import region_of, units_at
from layers.quality.report import LayerSummary, QualityReport
from layers.quality.run import check

__all__ = [
    "SEVERITY",
    "Defect",
    "LayerSummary",
    "Limits",
    "QualityReport",
    "check",
    "region_of",
    "units_at",
]
