"""A progress bar for notebooks: `review(..., progress=step)` and `overlap_stream`."""

from __future__ import annotations

import warnings
from contextlib import contextmanager
from importlib.util import find_spec
from typing import TYPE_CHECKING

from layers.errors import ExtraMissingError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator


@contextmanager
def progress_bar(title: str = "") -> Iterator[Callable[[int, int | None], None]]:
    """Yield what takes the count of those done and of all, and shows a bar.

    Parameters
    ----------
    title
        Before the bar.

    Yields
    ------
    callable
        ``step(done, total)``; `total` None where it is not known. Give it as
        ``progress=``.

    Raises
    ------
    ExtraMissingError
        tqdm is not installed (extra ``notebook``).
    """
    if find_spec("tqdm") is None:
        raise ExtraMissingError(extra="notebook", needed_for="a progress bar")
    with warnings.catch_warnings():
        # without ipywidgets the bar is one of text, which is no reason to warn
        warnings.simplefilter("ignore")
        from tqdm.auto import tqdm  # noqa: PLC0415 - an extra

        bar = tqdm(desc=title)

    def step(done: int, total: int | None) -> None:
        bar.total = total
        bar.update(done - bar.n)

    try:
        yield step
    finally:
        bar.close()
