"""Where a rule applies at all: the region of the office, or of each site."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from layers.spec import spec
from layers.text import message
from spatial.finding import Unknown
from spatial.lacks import Lacks
from spatial.policy import model
from spatial.policy.condition import FALSE, TRUE, UNKNOWN, Evaluated, Lack
from spatial.policy.where import locate

if TYPE_CHECKING:
    from collections.abc import Iterable

    from spatial.policy.desk import Desk
    from spatial.policy.place import Place


def trunk(adcode: str) -> str:
    """Return an adcode without its trailing pairs of zeros.

    Examples
    --------
    >>> trunk("150000"), trunk("150600"), trunk("411081"), trunk("654000")
    ('15', '1506', '411081', '6540')
    """
    return re.sub(r"(00)+$", "", adcode)


def is_under(adcode: str, territory: Iterable[str]) -> bool:
    """Whether an adcode lies at or below one of a territory's codes.

    Examples
    --------
    >>> is_under("150624", ["150600"]), is_under("150000", ["150600"])
    (True, False)
    """
    return adcode.startswith(tuple(trunk(one) for one in territory))


def is_above(adcode: str, territory: Iterable[str]) -> bool:
    """Whether an adcode holds one of a territory's codes, and more."""
    return any(
        one.startswith(trunk(adcode)) and one != adcode for one in territory
    ) and not is_under(adcode, territory)


def applies(territory: tuple[str, ...], desk: Desk) -> Place | None:
    """Say at which sites a rule of this territory applies.

    Parameters
    ----------
    territory
        Adcodes; empty = everywhere.
    desk
        The region of its shelf decides for all sites where it can; else the layer of
        administrative units decides site by site.

    Returns
    -------
    Place or None
        None: the office's region is another one.
    """
    region = desk.shelf.region
    everywhere = locate(model.Where("anywhere"), desk)
    if not territory:
        return everywhere
    if region is not None:
        if is_under(region, territory):
            return everywhere
        if not is_above(region, territory):
            return None
    return _by_unit(territory, desk) if len(desk.shelf.sites) else everywhere


def _by_unit(territory: tuple[str, ...], desk: Desk) -> Place:
    """Decide by the administrative units that each site lies in.

    A unit above the territory (the whole province) decides nothing: a site is
    elsewhere only when units that have no share in the territory hold all of it.
    """
    shelf = desk.shelf
    units = shelf.zones("admin_unit")
    said = [_of_code(code, territory) for code in units["code"].astype(object).tolist()]
    verdict = np.array([truth for truth, _ in said], dtype=np.int8)
    lacking = np.array([missing for _, missing in said], dtype=bool)
    inside = shelf.pairs("admin_unit")
    inside = inside[inside["interior"].to_numpy(dtype=bool)]
    found = np.full(len(shelf.sites), FALSE, dtype=np.int8)
    zone = inside["zone"].to_numpy(dtype=int)
    hit = inside["site"].to_numpy(dtype=int)[verdict[zone] == TRUE]
    found[hit] = TRUE
    elsewhere = np.zeros(len(shelf.sites), dtype=bool)
    if (verdict == FALSE).any():
        cover = shelf.cover("admin_unit", zones=verdict == FALSE)
        elsewhere = ~cover["outside"].to_numpy(dtype=bool)
    doubts = shelf.doubts("admin_unit")
    doubted = doubts.mask(len(shelf.sites))
    open_ = (found != TRUE) & (~elsewhere | doubted)
    found[open_] = UNKNOWN
    filtered = Evaluated(verdict, {Lack("field", "code"): lacking})
    undecided = inside[lacking[zone]][["site", "zone"]]
    explained = doubted.copy()
    explained[undecided["site"].to_numpy(dtype=int)] = True
    why = message("unknown.no_zone_covers", kind=spec("admin_unit").title)
    lack = Unknown(-1, "", "no_zone_covers", "admin_unit", why)
    gaps = Lacks.at(np.flatnonzero(open_ & ~explained), lack)
    empty = locate(model.Where("anywhere"), desk)
    return replace(
        empty,
        kind="admin_unit",
        truth=found,
        undecided=undecided,
        zones=filtered,
        doubts=Lacks.joined((doubts, gaps)),
    )


def _of_code(code: object, territory: tuple[str, ...]) -> tuple[int, bool]:
    """Return the truth of *this unit lies in the territory*, and if its code lacks."""
    if not isinstance(code, str) or not code.strip():
        return UNKNOWN, True
    if is_under(code, territory):
        return TRUE, False
    return (UNKNOWN if is_above(code, territory) else FALSE), False
