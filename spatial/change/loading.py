"""The one door to what numba compiles; without numba there is another way."""

from __future__ import annotations

import importlib
import importlib.util
from functools import cache
from typing import Any


@cache
def kernel_of(name: str) -> Any | None:  # noqa: ANN401  a module
    """Return a module of `spatial.change` that needs numba; None where that is not.

    Parameters
    ----------
    name
        ``kernel`` or ``kernel_sweep``.
    """
    if importlib.util.find_spec("numba") is None:
        return None
    return importlib.import_module(f"spatial.change.{name}")
