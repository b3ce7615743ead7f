"""Python's search for garbage, put off where there is none."""

from __future__ import annotations

import gc
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator


@contextmanager
def uncollected() -> Iterator[None]:
    """Let nobody look for objects that hold each other while much is being made.

    What nobody holds goes at once in any case. Python now and then looks through all
    objects for rings of them that only hold each other; where a million records or the
    modules of a compiler are made, and all stay, that is up to a third of the time.
    Peak memory is the same: measured with a review of 100,000 sites. It may be nested
    and stand above a function as ``@uncollected()``; where collection was off before,
    it stays so.
    """
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()
