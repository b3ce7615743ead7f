"""Earlier siting reviews: which reviewed site a clue lies in, or reaches beyond."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import geopandas as gpd
import numpy as np
import pyogrio
import shapely

from layers.errors import InputRefusedError, SourceNotFoundError
from layers.layer import FRAME
from spatial.ledger.model import Link
from spatial.measure import area_m2
from spatial.overlap import overlap_table
from spatial.permits import stands_out

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

SCHEMAS = ("ecoredline/review/1", "ecoredline/review/2")
_RESULT, _SHAPES = "result.json", "findings.gpkg"
_FLAT, _CENTS = 2, 2


@dataclass(frozen=True, slots=True)
class ReviewFolder:
    """A siting review as it lies in its folder.

    Attributes
    ----------
    run_id, on
        Of the review; the day whose law counted, as text.
    sites
        Indexed by site id; EPSG:4490; ``name``, ``outcome``. Sites without an area
        are left out: nothing lies inside a line.
    """

    run_id: str
    on: str
    sites: gpd.GeoDataFrame


def read_review(folder: Path | str) -> ReviewFolder:
    """Read a folder that `redline review` wrote.

    Raises
    ------
    SourceNotFoundError
        ``result.json`` or ``findings.gpkg`` is not there.
    InputRefusedError
        It is no siting review.
    """
    folder = Path(folder)
    for name in (_RESULT, _SHAPES):
        if not (folder / name).is_file():
            raise SourceNotFoundError(
                folder / name, todo="give the output folder of redline review"
            )
    try:
        told = json.loads((folder / _RESULT).read_text(encoding="utf-8"))
    except ValueError:
        told = {}
    if told.get("schema") not in SCHEMAS:
        raise InputRefusedError(
            source=folder / _RESULT,
            expected=f"a result of the schema {' or '.join(SCHEMAS)}",
            got=repr(told.get("schema")),
            todo="give the output folder of redline review",
        )
    frame = pyogrio.read_dataframe(folder / _SHAPES, layer="sites")
    flat = shapely.get_dimensions(frame.geometry.to_numpy()) == _FLAT
    some = frame[flat]
    sites = gpd.GeoDataFrame(
        some[["name", "outcome"]].set_axis(some["site_id"].astype(str)),
        geometry=some.geometry.to_numpy(),
        crs=FRAME,
    )
    return ReviewFolder(str(told["run_id"]), str(told["on"]), sites)


def review_links(
    clues: gpd.GeoDataFrame, reviews: Sequence[ReviewFolder], *, tolerance_m: float
) -> Mapping[str, tuple[Link, ...]]:
    """Return the links of clues with reviewed sites.

    Parameters
    ----------
    clues
        Indexed by id; EPSG:4490.
    reviews
        Earlier reviews, in any order.
    tolerance_m
        A clue may stand out of a site by so much: a pixel.

    Returns
    -------
    dict
        By clue id, for clues that meet a site: ``inside`` it, or ``beyond`` it by
        ``beyond_m2``; with the outcome of the review and its day. A review says what
        was asked then and is no approval.
    """
    out: dict[str, list[Link]] = {}
    for review in sorted(reviews, key=lambda one: one.run_id):
        if not len(clues) or not len(review.sites):
            continue
        met = overlap_table(clues[[clues.geometry.name]], review.sites)
        real = met[(met["area_m2"] > 0) | (met["share_of_site"] > 0)]
        for clue, site, shared in real[["site", "zone", "area_m2"]].itertuples(
            index=False
        ):
            link = _link(
                clues.geometry.loc[clue], review, site, shared, tolerance_m=tolerance_m
            )
            out.setdefault(str(clue), []).append(link)
    return {
        name: tuple(sorted(links, key=lambda one: one.target))
        for name, links in sorted(out.items())
    }


def _link(
    shape: shapely.Geometry,
    review: ReviewFolder,
    site: str,
    shared: float,
    *,
    tolerance_m: float,
) -> Link:
    """Return the link of a clue with one reviewed site."""
    reviewed = review.sites.geometry.loc[site]
    rest = shapely.difference(shape, reviewed)
    outside = 0.0
    relation = "inside"
    if shapely.get_dimensions(shape) == _FLAT and not rest.is_empty:
        outside = max(float(area_m2(shape)) - float(shared), 0.0)
        is_out = stands_out(_areal(rest), reviewed, tolerance_m=tolerance_m)
        relation = "beyond" if is_out else "inside"
    return Link(
        "review",
        f"{review.run_id}/{site}",
        relation,
        {
            "outcome": str(review.sites.at[site, "outcome"]),
            "on": review.on,
            "shared_m2": round(float(np.nan_to_num(shared)), _CENTS),
            "beyond_m2": round(outside, _CENTS),
        },
    )


def _areal(shape: shapely.Geometry) -> shapely.Geometry:
    """Return the areas of a shape."""
    parts = [
        one for one in shapely.get_parts(shape) if shapely.get_dimensions(one) == _FLAT
    ]
    return shapely.union_all(parts)
