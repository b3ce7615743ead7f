"""Figures with a unit: ``60万吨/年`` becomes a number in the unit of its field.

A bare number counts only where the heading says its unit (or is the canonical name,
which does). A unit that is not in the table is not guessed: the value is missing, and
the reason is told.
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING, Literal

from layers.spec import fold

if TYPE_CHECKING:
    from collections.abc import Mapping

    from layers.spec import FieldSpec

Trouble = Literal["value_not_readable", "unit_unknown", "unit_missing"]

# Unit of a field -> spellings (folded) and how many of that unit they are.
UNITS: Mapping[str, Mapping[str, float]] = MappingProxyType(
    {
        "t/a": MappingProxyType(
            {
                **dict.fromkeys(("t/a", "t/yr", "吨/年", "吨/a", "吨每年"), 1.0),
                **dict.fromkeys(("kt/a", "千吨/年"), 1e3),
                **dict.fromkeys(("万吨/年", "万t/a", "万吨/a", "万吨每年"), 1e4),
                "百万吨/年": 1e6,
            }
        ),
        "t/h": MappingProxyType(
            dict.fromkeys(
                ("t/h", "吨/小时", "吨/时", "蒸吨/小时", "蒸吨/时", "蒸吨"), 1.0
            )
        ),
        "MW": MappingProxyType(
            {
                **dict.fromkeys(("kw", "千瓦"), 1e-3),
                **dict.fromkeys(("mw", "兆瓦"), 1.0),
                **dict.fromkeys(("万千瓦", "万kw"), 10.0),
                **dict.fromkeys(("gw", "吉瓦"), 1e3),
            }
        ),
    }
)
_CELL = re.compile(
    r"([-+]?(?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d*)?(?:e[-+]?\d+$)?)(.*)", re.DOTALL
)
_IN_BRACKETS = re.compile(r"[(\[]([^()\[\]]+)[)\]]$")


@dataclass(frozen=True, slots=True)
class Quantity:
    """A figure as it was read.

    Attributes
    ----------
    value
        In the unit of the field; None when it was not understood.
    trouble
        Code of the `DataIssue` that says why it was not, or None.
    converted
        Whether it was written in another unit than the field's.
    """

    value: float | None = None
    trouble: Trouble | None = None
    converted: bool = False


def quantity(cell: object, field: FieldSpec, *, heading: str) -> Quantity:
    """Return the figure of a cell in the unit of its field.

    Parameters
    ----------
    cell
        A number or a text, not empty.
    field
        Its `unit` is a key of `UNITS`.
    heading
        Name of the column: a unit in brackets at its end is that of bare numbers.

    Returns
    -------
    Quantity
        ``unit_missing`` for a bare number under a heading without unit,
        ``unit_unknown`` for a unit that `UNITS` does not have for the field,
        ``value_not_readable`` for what is no number with a unit (``约60万吨``).

    Examples
    --------
    >>> from layers.spec import FieldSpec
    >>> power = FieldSpec("capacity_mw", {}, type="number", unit="MW")
    >>> quantity("30万千瓦", power, heading="装机容量").value
    300.0
    >>> quantity(30, power, heading="装机容量（万千瓦）").value
    300.0
    >>> quantity(30, power, heading="装机容量").trouble
    'unit_missing'
    """
    known = UNITS[str(field.unit)]
    if isinstance(cell, bool):
        return Quantity(trouble="value_not_readable")
    if isinstance(cell, int | float):
        number, written = float(cell), ""
    else:
        found = _CELL.fullmatch(fold(str(cell)))
        if found is None:
            return Quantity(trouble="value_not_readable")
        number, written = float(found[1].replace(",", "")), found[2]
    if not math.isfinite(number):
        return Quantity(trouble="value_not_readable")
    unit = written or _of_heading(heading, field)
    if not unit:
        return Quantity(trouble="unit_missing")
    if unit not in known:
        return Quantity(trouble="unit_unknown")
    times = known[unit]
    # A unit below 1 divides: 299000 kW are 299 MW, not 299.00000000000006.
    value = number * times if times >= 1 else number / round(1 / times)
    return Quantity(value, converted=times != 1)


def _of_heading(heading: str, field: FieldSpec) -> str:
    """Return the unit that a heading states, folded; "" when it states none."""
    folded = fold(heading)
    if folded == fold(field.name):
        return fold(str(field.unit))
    found = _IN_BRACKETS.search(folded)
    return found[1] if found else ""
