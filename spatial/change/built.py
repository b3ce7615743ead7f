"""What speaks against new building: leaves that stand there now, and less light.

At 10 m most of what changes is fields and shadows. A new roof, yard or road is bare of
leaves, and brighter than what stood there more often than darker. So a difference
counts less where the later image is among its greener ground, and less where the
visible bands lost light. Neither is ruled out: strong change stays above the
threshold. More weight on leaves gains a little more there, and loses ground that was
restored.

Weights by trial on made-up scenes; each alone and both together gained on all of them,
and on a real pair that was drawn by eye (docs/detection.md).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from spatial.change.statistic import Pixels

    Image = NDArray[np.float32]

GREEN = np.float32(0.3)
"""What the greener quarter of the ground loses."""
DARKER = np.float32(0.8)
"""The factor where the visible bands lost light."""
SIDES = ("nir", "red", "green", "blue")
_NARROW = 0.1  # of the index, to either side: less is noise on ground of one kind
_ONE, _ZERO, _BARE = np.float32(1), np.float32(0), np.float32(-1)


@dataclass(frozen=True, slots=True)
class Built:
    """How much of a score new building leaves.

    Attributes
    ----------
    places
        Where `SIDES` stand among the bands.
    bare, leafy
        NDVI of the later image, in the light of the earlier one, up to which nothing
        is lost, and from which `GREEN` is.
    """

    places: tuple[int, int, int, int]
    bare: float
    leafy: float

    @property
    def line(self) -> tuple[np.float32, np.float32]:
        """First value, and one over the length of the way to the last."""
        return np.float32(self.bare), np.float32(1 / (self.leafy - self.bare))

    def weight(self, before: Image, after: Image) -> Image:
        """Return a factor from 0.56 to 1 for each pixel, float32, in a fixed order.

        Parameters
        ----------
        before, after
            (bands, rows, columns) in one light.
        """
        nir, red, green, blue = self.places
        low, per = self.line
        total = after[nir] + after[red]
        with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
            index = (after[nir] - after[red]) / total
        index = np.where(total > _ZERO, index, _BARE)
        share = np.minimum(np.maximum((index - low) * per, _ZERO), _ONE)
        seen = [(x[red] + x[green]) + x[blue] for x in (before, after)]
        factor = _ONE - GREEN * share
        return np.asarray(np.where(seen[1] < seen[0], factor * DARKER, factor))


def fit_built(after: Pixels, roles: tuple[str, ...]) -> Built | None:
    """Return what the quarters of a sample's NDVI say; None where a band is missing.

    Parameters
    ----------
    after
        Sample (bands, pixels) in the light of the earlier image.
    roles
        Of its bands.
    """
    if not set(SIDES) <= set(roles):
        return None
    nir, red, green, blue = (roles.index(one) for one in SIDES)
    total = after[nir] + after[red]
    known = total > 0
    if not known.any():
        return None
    index = (after[nir] - after[red])[known] / total[known]
    bare, leafy = (float(one) for one in np.quantile(index, (0.25, 0.75)))
    middle, half = (bare + leafy) / 2, max((leafy - bare) / 2, _NARROW)
    return Built((nir, red, green, blue), middle - half, middle + half)
