"""The one door to what numba has compiled."""

from __future__ import annotations

from layers.errors import ExtraMissingError
from layers.garbage import uncollected


def load_kernels(needed_for: str) -> None:
    """Import the compiled modules and have numba set itself up; once a process.

    Raises
    ------
    ExtraMissingError
        numba is not installed.
    """
    try:
        with uncollected():
            from spatial.index import cells  # noqa: PLC0415  numba is an extra
            from spatial.overlap import kernel  # noqa: F401, PLC0415

            cells.set_up()
    except ModuleNotFoundError as error:
        if error.name != "numba":
            raise
        raise ExtraMissingError(extra="fast", needed_for=needed_for) from error
