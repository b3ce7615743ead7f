"""The one door to what numba has compiled."""

from __future__ import annotations

import gc
from contextlib import contextmanager
from typing import TYPE_CHECKING

from layers.errors import ExtraMissingError

if TYPE_CHECKING:
    from collections.abc import Iterator


def load_kernels(needed_for: str) -> None:
    """Import the compiled modules and have numba set itself up; once a process.

    Raises
    ------
    ExtraMissingError
        numba is not installed.
    """
    try:
        with _without_collection():
            from spatial.index import cells  # noqa: PLC0415  numba is an extra
            from spatial.overlap import kernel  # noqa: F401, PLC0415

            cells.set_up()
    except ModuleNotFoundError as error:
        if error.name != "numba":
            raise
        raise ExtraMissingError(extra="fast", needed_for=needed_for) from error


@contextmanager
def _without_collection() -> Iterator[None]:
    """Let nobody look for garbage: loading makes 100,000 objects, and all of them stay.

    Looking through them over and over is a third of the time otherwise.
    """
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()
