"""What ``access_lists:`` says in ``workspace.yaml``: requirements of control units."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from layers.read.address import is_address

if TYPE_CHECKING:
    from collections.abc import Callable, Container, Sequence

    from layers.document import Entry
    from layers.provenance import Period

KEYS = (
    *("id", "source", "sheet", "encoding", "layer", "source_title", "edition"),
    "valid",
)


@dataclass(frozen=True, slots=True)
class AccessPlan:
    """One entry of ``access_lists:``."""

    id: str
    source: str
    sheet: str | None
    encoding: str | None
    layer: str
    title: str
    edition: str | None
    valid: Period


def access_plans(
    entry: Entry | None,
    *,
    units: Sequence[str],
    taken: Container[str],
    period: Callable[[Entry | None], Period],
) -> tuple[AccessPlan, ...]:
    """Read the access lists of a workspace.

    Parameters
    ----------
    entry
        ``access_lists:``, or None.
    units
        Ids of the layers of control units.
    taken
        Ids that a list cannot have: those of the layers.
    period
        Reads ``valid:``.

    Raises
    ------
    DocumentError
        An unknown key, an id that stands twice, a layer that is none of `units`.
    """
    plans: list[AccessPlan] = []
    for one in entry or ():
        plan = _plan(one, units, period)
        if plan.id in taken or plan.id in {other.id for other in plans}:
            (one.get("id") or one).fail(
                "an id that no layer and no other list has", repr(plan.id)
            )
        plans.append(plan)
    return tuple(plans)


def _plan(
    entry: Entry, units: Sequence[str], period: Callable[[Entry | None], Period]
) -> AccessPlan:
    """Read one entry."""
    entry.only(*KEYS)
    source, layer = entry.need("source"), entry.need("layer")
    if is_address(source.text()):
        source.fail("a file", "an address")
    if layer.text() not in units:
        known = ", ".join(units) or "(there is none)"
        layer.fail(f"the id of a layer of kind control_unit: {known}")
    named = {name: entry.get(name) for name in ("id", "sheet", "encoding", "edition")}
    texts = {name: one.text() if one else None for name, one in named.items()}
    return AccessPlan(
        id=texts["id"] or "access_list",
        source=source.text(),
        sheet=texts["sheet"],
        encoding=texts["encoding"],
        layer=layer.text(),
        title=entry.need("source_title").text(),
        edition=texts["edition"],
        valid=period(entry.get("valid")),
    )
