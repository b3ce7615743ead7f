"""Facts: source files become layers that can be trusted.

    import layers
    zones = layers.read("STBHHX.gpkg", kind="ecological_redline")
    office = layers.open_workspace("office/")

The public names are loaded on first use, so that ``import layers`` costs nothing.
"""

from __future__ import annotations

import sys
from importlib import import_module
from types import ModuleType
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from layers.accesslist import read_access_list
    from layers.datum import GridShift, SevenParameters
    from layers.errors import ToolkitError
    from layers.formats.boundary_txt_write import write_boundary_txt
    from layers.issue import DataIssue, Quarantined
    from layers.layer import FRAME, Layer, Setting, Unavailable, Workspace
    from layers.postgis import PostgisTable, read_postgis
    from layers.provenance import Coverage, Period, Provenance, Tolerance
    from layers.raster import RasterLayer, read_raster
    from layers.read import (
        Inspection,
        from_frame,
        inspect,
        none_exists,
        read,
        read_text,
        with_coverage,
        with_suspicion,
    )
    from layers.requirement import AccessList, Requirement
    from layers.spec import kinds, spec
    from layers.workspace import open_workspace

__all__ = [
    "FRAME",
    "AccessList",
    "Coverage",
    "DataIssue",
    "GridShift",
    "Inspection",
    "Layer",
    "Period",
    "PostgisTable",
    "Provenance",
    "Quarantined",
    "RasterLayer",
    "Requirement",
    "Setting",
    "SevenParameters",
    "Tolerance",
    "ToolkitError",
    "Unavailable",
    "Workspace",
    "from_frame",
    "inspect",
    "kinds",
    "none_exists",
    "open_workspace",
    "read",
    "read_access_list",
    "read_postgis",
    "read_raster",
    "read_text",
    "spec",
    "with_coverage",
    "with_suspicion",
    "write_boundary_txt",
]

_HOMES = {
    "accesslist": ("read_access_list",),
    "datum": ("GridShift", "SevenParameters"),
    "formats.boundary_txt_write": ("write_boundary_txt",),
    "errors": ("ToolkitError",),
    "issue": ("DataIssue", "Quarantined"),
    "layer": ("FRAME", "Layer", "Setting", "Unavailable", "Workspace"),
    "postgis": ("PostgisTable", "read_postgis"),
    "provenance": ("Coverage", "Period", "Provenance", "Tolerance"),
    "raster": ("RasterLayer", "read_raster"),
    "read": (
        *("Inspection", "from_frame", "inspect", "none_exists", "read_text"),
        *("with_coverage", "with_suspicion"),
    ),
    "requirement": ("AccessList", "Requirement"),
    "spec": ("kinds",),
    "workspace": ("open_workspace",),
}
_HOME = {name: module for module, names in _HOMES.items() for name in names}
_CALLABLE = ("read", "spec")


class _CallableModule(ModuleType):
    """A module that can be called like the function of the same name in it."""

    def __call__(self, *args: object, **kwargs: object) -> object:
        """Call that function."""
        return getattr(self, self.__name__.rpartition(".")[2])(*args, **kwargs)


class _Package(ModuleType):
    """The package itself: a module whose submodules may be functions too.

    ``layers.read`` is a module for ``from layers.read import Stated`` and a function
    for ``layers.read("a.gpkg")``. Importing the module binds its name here and would
    hide the function, in an order that depends on who imports first; so the module
    itself is made callable when it is bound.
    """

    def __setattr__(self, name: str, value: object) -> None:
        """Bind a name."""
        if name in _CALLABLE and isinstance(value, ModuleType):
            value.__class__ = _CallableModule
        super().__setattr__(name, value)


sys.modules[__name__].__class__ = _Package


def __getattr__(name: str) -> Any:  # noqa: ANN401 - any public name
    """Load a public name on first use (PEP 562)."""
    if name in _CALLABLE:
        return import_module(f"layers.{name}")
    if name in _HOME:
        return getattr(import_module(f"layers.{_HOME[name]}"), name)
    msg = f"module 'layers' has no attribute {name!r}"
    raise AttributeError(msg)


def __dir__() -> list[str]:
    """Return the public names."""
    return list(__all__)
