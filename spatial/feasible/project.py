"""A project without a place: its attributes, from a YAML or JSON file."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import geopandas as gpd
import shapely

from layers import document
from layers.layer import FRAME
from layers.read import from_frame
from layers.spec import fold, spec

if TYPE_CHECKING:
    from collections.abc import Mapping

    from layers.layer import Layer

KIND = "project_site"
_NOWHERE = shapely.Point(0.0, 0.0)


def read_project(path: Path | str) -> Layer:
    """Read the attributes of a project.

    Parameters
    ----------
    path
        YAML (JSON is YAML): one mapping from attribute to value; names and aliases as
        in a project list.

    Returns
    -------
    Layer
        Of kind ``project_site`` with one row; its place means nothing. What was mended
        or not understood stands in its issues.

    Raises
    ------
    SourceNotFoundError
        There is no such file.
    DocumentError
        It is no mapping, or a key is no attribute: a misspelt attribute would be
        missing without a word.
    """
    entry = document.load(Path(path))
    known = {
        fold(name): field.name
        for field in spec(KIND).fields
        for name in (field.name, *field.aliases, *field.title.values())
    }
    for key, child in entry.mapping().items():
        if fold(key) not in known:
            names = ", ".join(field.name for field in spec(KIND).fields)
            child.fail(f"an attribute of a project ({names})", repr(key))
    said = {key: child.plain() for key, child in entry.mapping().items()}
    return project_of(said, source=Path(path).name)


def project_of(attributes: Mapping[str, object], *, source: str = "project") -> Layer:
    """Return a project of the attributes given, with the same checks as a list.

    Parameters
    ----------
    attributes
        By name or alias; a list is joined by commas.
    source
        What the project is called where it bears no id.
    """
    row = {key: [_cell(value)] for key, value in attributes.items()}
    if not row:
        row = {"name": [source]}
    frame = gpd.GeoDataFrame(row, geometry=[_NOWHERE], crs=FRAME)
    return from_frame(frame, kind=KIND)


def _cell(value: object) -> object:
    """Return a value as a cell of a project list holds it."""
    if isinstance(value, list | tuple):
        return ",".join(str(one) for one in value)
    return value
