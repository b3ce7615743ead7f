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

    from spatial.policy.condition import Mask
    from spatial.policy.desk import Desk
    from spatial.policy.place import Place
    from spatial.shelf import Shelf


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


def spoken_for(territories: Iterable[tuple[str, ...]], shelf: Shelf) -> Mask:
    """Return the sites of which all the ground lies in some of these territories.

    Parameters
    ----------
    territories
        Those of rules that apply (see `applies`) to some sites of the shelf; an empty
        one is everywhere.
    shelf
        Its region decides for all sites where a territory holds it; else the layer of
        administrative units, as for `applies`.

    Returns
    -------
    ndarray
        (n,) False where a part of the site lies elsewhere, or may: a rule of one
        province says nothing of the ground in the next, nor of ground of which nobody
        says where it lies.
    """
    every = tuple(territories)
    region = shelf.region
    for one in every:
        if not one or (region is not None and is_under(region, one)):
            return np.ones(len(shelf.sites), dtype=bool)
    codes = shelf.zones("admin_unit")["code"].astype(object).tolist()
    meant = [any(_of_code(code, one)[0] == TRUE for one in every) for code in codes]
    if not any(meant) or shelf.rivals("admin_unit"):
        return np.zeros(len(shelf.sites), dtype=bool)
    cover = shelf.cover("admin_unit", zones=np.array(meant, dtype=bool))
    held: Mask = ~cover["outside"].to_numpy(dtype=bool)
    return held


def strangers(territories: Iterable[tuple[str, ...]], shelf: Shelf) -> Mask:
    """Return the administrative units that the region's own rules do not hold.

    Parameters
    ----------
    territories
        As for `spoken_for`.
    shelf
        With a region.

    Returns
    -------
    ndarray
        Mask over ``shelf.zones("admin_unit")``: units outside of the region, and
        outside of a territory for the sake of which a rule is taken to apply to every
        site. None without a region.
    """
    codes = shelf.zones("admin_unit")["code"].astype(object).tolist()
    region = shelf.region
    if region is None:
        return np.zeros(len(codes), dtype=bool)
    own = [one for one in territories if one and is_under(region, one)]

    def strange(code: object) -> bool:
        if not isinstance(code, str) or not code.strip():
            return False
        if is_under(code, [region]) or is_above(code, [region]):
            return False
        return any(_of_code(code, one)[0] == FALSE for one in own)

    return np.array([strange(code) for code in codes], dtype=bool)


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
