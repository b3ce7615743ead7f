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
    What was made counts as old afterwards: it is looked through with all the rest, not
    at once. Peak memory is the same: measured with a review of 100,000 sites. It may be
    nested and stand above a function as ``@uncollected()``; where collection was off
    before, it stays so.
    """
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            _let_age()
            gc.enable()


def _let_age() -> None:
    """Count all objects as old ones, unless somebody keeps some out of the search."""
    if not gc.get_freeze_count():
        gc.freeze()
        gc.unfreeze()
