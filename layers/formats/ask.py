"""Ask: what a caller says about the file that is to be opened."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Ask:
    """What a caller says about a file.

    Attributes
    ----------
    layer
        Layer to read from a file that may hold several.
    encoding
        Text encoding, when the user knows it.
    known
        Layer names that point to the wanted kind.
    """

    layer: str | None = None
    encoding: str | None = None
    known: tuple[str, ...] = ()
