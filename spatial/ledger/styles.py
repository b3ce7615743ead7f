"""How QGIS draws the ledger: cases by their state."""

from __future__ import annotations

from typing import TYPE_CHECKING

from spatial.ledger.lifecycle import load_lifecycle
from spatial.report.qml import categories_style

if TYPE_CHECKING:
    from collections.abc import Mapping

    from spatial.text import Lang


def styles(lang: Lang = "zh") -> Mapping[str, str]:
    """Return the QML document of each layer that has a style."""
    states = load_lifecycle().states.values()
    found = [(one.id, one.title[lang], one.colour) for one in states]
    # a case may be a point, a line or an area
    return {"cases": categories_style("state", found, ("fill", "line", "marker"))}
