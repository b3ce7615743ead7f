"""The access lists of a workspace: read, and held against their layers of units."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from layers.accesslist import checked, read_access_list
from layers.errors import ToolkitError
from layers.requirement import AccessList, UnavailableList

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from layers.layer import Layer
    from layers.workspace.access_plan import AccessPlan


def read_list(
    plan: AccessPlan, folder: Path, found: Mapping[str, Layer], *, in_process: bool
) -> AccessList | UnavailableList:
    """Read one list; what goes wrong becomes the reason why it is not there.

    Parameters
    ----------
    plan
        As ``workspace.yaml`` has it.
    folder
        From which its source counts.
    found
        The layers that could be read, by id.
    in_process
        As for `layers.read`.
    """
    path = folder / plan.source
    try:
        read = read_access_list(
            path,
            id=plan.id,
            layer=plan.layer,
            title=plan.title,
            sheet=plan.sheet,
            encoding=plan.encoding,
            edition=plan.edition,
            valid=plan.valid,
            in_process=in_process,
        )
    except (ToolkitError, OSError) as error:
        reason = str(error).replace(str(path), plan.source)
        return UnavailableList(plan.id, plan.layer, plan.title, reason, plan.valid)
    named = replace(read, provenance=replace(read.provenance, source=plan.source))
    return checked(named, found[plan.layer]) if plan.layer in found else named
