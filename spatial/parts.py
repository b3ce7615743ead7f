"""Parts: a long list of sites cut into pieces that are reviewed one after another."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from layers.errors import InputRefusedError
from spatial.text import TEXTS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from layers.layer import Layer


def parts_of(layer: Layer, size: int) -> Iterator[Layer]:
    """Cut a layer of sites into parts, in the order of its file.

    Parameters
    ----------
    layer
        The sites.
    size
        Sites in a part; the last one may have fewer.

    Yields
    ------
    Layer
        Rows that lie between the first row of the part and that of the next: those
        that were kept, those that were set aside, and what was found in them. So no
        row of the file is in two parts or in none, and its row ledger adds up. What
        was found in the file as a whole is told in every part. `notice` says which
        part it is.

    Raises
    ------
    InputRefusedError
        `size` is less than 1.
    """
    if size < 1:
        raise InputRefusedError(
            source="size", expected="1 or more", got=str(size), todo="correct it"
        )
    rows = layer.frame.index.to_numpy()
    starts = rows[::size].astype(float)
    count = max(len(starts), 1)
    ends = np.append(starts[1:], np.inf)
    starts = np.append(-np.inf, starts[1:])
    for number, (first, end) in enumerate(zip(starts, ends, strict=True), start=1):
        yield _part(layer, float(first), float(end), f"{number}/{count}")


def _part(layer: Layer, first: float, end: float, which: str) -> Layer:
    rows = layer.frame.index.to_numpy()
    frame = layer.frame[(rows >= first) & (rows < end)]
    aside = tuple(one for one in layer.quarantine if first <= one.row < end)
    read = replace(
        layer.provenance,
        rows_in_file=len(frame) + len(aside),
        rows_kept=len(frame),
        rows_quarantined=len(aside),
    )
    said = [TEXTS.say("parts.notice", lang=lang, which=which) for lang in ("zh", "en")]
    named = " ".join(filter(None, (layer.notice, f"{said[0]} ({said[1]})")))
    return replace(
        layer,
        frame=frame,
        provenance=read,
        quarantine=aside,
        issues=tuple(
            one for one in layer.issues if one.row is None or first <= one.row < end
        ),
        notice=named if which != "1/1" else layer.notice,
    )
