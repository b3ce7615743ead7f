"""Entities of a drawing as geometries: exploded, flattened, closed where they close."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np
import shapely
from ezdxf.entities import Insert
from ezdxf.lldxf.const import DXFError

from layers.formats.dxfcurves import Outline, outline

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from ezdxf.document import Drawing
    from ezdxf.entities import DXFEntity
    from shapely.geometry.base import BaseGeometry

MAX_PARTS = 200_000
"""Out of blocks: about 10 s."""
MAX_DEPTH = 16
MAX_VERTICES = 20_000_000
MIN_RING = 4
BAD = (DXFError, ValueError, TypeError, ZeroDivisionError, OverflowError)
UNREADABLE = (*BAD, RecursionError, AttributeError, IndexError)
TEXT_CODE = 1000


class TooMuchError(ValueError):
    """A drawing unfolds to more than anybody draws."""


@dataclass(frozen=True, slots=True)
class Row:
    """One outline, line or point.

    Attributes
    ----------
    layer
        Drawing layer.
    geometry
        None when it cannot be made.
    attributes
        Type, handle, block, block attributes, extended data.
    off
        How far the pieces lie from the true curve at most; 0 without curves.
    """

    layer: str
    geometry: BaseGeometry | None
    attributes: Mapping[str, str | None]
    off: float = 0.0


@dataclass(slots=True)
class Drawn:
    """What a drawing holds.

    Attributes
    ----------
    rows
        In the order of the drawing.
    left_out
        Entities that are no outline, line or point, by type.
    links
        References to other drawings.
    """

    rows: list[Row] = field(default_factory=list)
    left_out: Counter[str] = field(default_factory=Counter)
    links: int = 0
    vertices: int = 0


@dataclass(frozen=True, slots=True)
class _Within:
    """The block reference that an entity is a part of."""

    layer: str = "0"
    block: str | None = None
    handle: str | None = None
    attributes: Mapping[str, str | None] = field(default_factory=dict)


def drawn(drawing: Drawing) -> Drawn:
    """Return rows and left-outs of the model space.

    Raises
    ------
    TooMuchError
        Its blocks unfold to more than 200,000 parts or 16 levels.
    """
    _need_measure(drawing)
    found = Drawn()
    _collect(drawing.modelspace(), _Within(), found)
    paper = len(drawing.paperspace())
    if paper:
        found.left_out["paper space"] += paper
    return found


def _need_measure(drawing: Drawing) -> None:
    """Count what the blocks would unfold to, before any is unfolded."""
    sizes: dict[str, int] = {}

    def size(name: str, depth: int) -> int:
        if depth > MAX_DEPTH:
            msg = f"blocks more than {MAX_DEPTH} deep"
            raise TooMuchError(msg)
        block = drawing.blocks.get(name)
        if block is not None and name not in sizes:
            inside = (one for one in block if isinstance(one, Insert))
            deeper = sum(one.mcount * size(one.dxf.name, depth + 1) for one in inside)
            sizes[name] = len(block) + deeper
        return sizes.get(name, 0)

    references = drawing.modelspace().query("INSERT")
    total = sum(
        one.mcount * size(one.dxf.name, 1)
        for one in references
        if isinstance(one, Insert)
    )
    if total > MAX_PARTS:
        msg = f"blocks that unfold to more than {MAX_PARTS} parts"
        raise TooMuchError(msg)


def _collect(entities: Iterable[DXFEntity], within: _Within, found: Drawn) -> None:
    """Add entities, block references unfolded."""
    for entity in entities:
        if isinstance(entity, Insert):
            _unfold(entity, within, found)
        else:
            _add(entity, within, found)


def _unfold(insert: Insert, within: _Within, found: Drawn) -> None:
    """Add the parts of a block reference, once for each cell of its array."""
    block = insert.block()
    if block is None:
        found.left_out["INSERT without its block"] += 1
        return
    if block.block is not None and (block.block.is_xref or block.block.is_xref_overlay):
        found.links += 1
        return
    inner = _Within(
        layer=_layer(insert, within),
        block=within.block or str(insert.dxf.name),
        handle=within.handle or insert.dxf.handle,
        attributes={
            **within.attributes,
            **{str(one.dxf.tag): str(one.dxf.text) for one in insert.attribs},
            **_xdata(insert),
        },
    )

    def skipped(entity: DXFEntity, _why: str) -> None:
        found.left_out[f"{entity.dxftype()} in a block"] += 1

    cells = insert.multi_insert() if insert.mcount > 1 else [insert]
    for one in cells:
        parts = one.virtual_entities(skipped_entity_callback=skipped)
        _collect(parts, inner, found)


def _layer(entity: DXFEntity, within: _Within) -> str:
    """Return the layer; what lies on layer 0 of a block takes the reference's."""
    name = str(entity.dxf.get("layer", "0"))
    return within.layer if name == "0" else name


def _add(entity: DXFEntity, within: _Within, found: Drawn) -> None:
    """Add one entity, or count it among what is left out."""
    shape: BaseGeometry | None = None
    try:
        line = outline(entity)
        if line is None:
            found.left_out[entity.dxftype()] += 1
            return
        found.vertices += len(line.vertices)
        shape = _shape(line)
    except UNREADABLE:
        line = Outline(np.empty((0, 2)), closed=False)
    if found.vertices > MAX_VERTICES:
        msg = f"curves that unfold to more than {MAX_VERTICES} vertices"
        raise TooMuchError(msg)
    layer = _layer(entity, within)
    attributes: dict[str, str | None] = {
        "layer": layer,
        "entity": entity.dxftype(),
        "handle": within.handle or entity.dxf.get("handle"),
        "block": within.block,
    }
    attributes |= {**within.attributes, **_xdata(entity)}
    found.rows.append(Row(layer, shape, attributes, line.off))


def _shape(line: Outline) -> BaseGeometry:
    """Return point, line or polygon; an outline that ends where it began is closed."""
    vertices = line.vertices
    if len(vertices) == 1:
        return shapely.Point(vertices[0])
    ends_meet = bool((vertices[0] == vertices[-1]).all())
    if line.closed and not ends_meet:
        vertices = np.concatenate([vertices, vertices[:1]])
    if (line.closed or ends_meet) and len(vertices) >= MIN_RING:
        return shapely.Polygon(vertices)
    return shapely.LineString(vertices)


def _xdata(entity: DXFEntity) -> dict[str, str | None]:
    """Return the texts that programs have attached, by program."""
    if entity.xdata is None:
        return {}
    return {
        f"xdata {program}": "; ".join(
            str(one.value) for one in tags if one.code == TEXT_CODE
        )
        or None
        for program, tags in entity.xdata.data.items()
    }
