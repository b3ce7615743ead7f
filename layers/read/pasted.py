"""Pasted coordinate text becomes a layer."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Unpack

from layers.formats import pasted
from layers.read.build import build
from layers.read.statement import Origin, Stated, Statement
from layers.spec import spec

if TYPE_CHECKING:
    from layers.formats.pasted import Order
    from layers.formats.vertex_rows import Shape
    from layers.layer import Layer


def read_text(
    text: str,
    *,
    kind: str,
    geometry: Shape,
    name: str | None = None,
    order: Order | None = None,
    **stated: Unpack[Stated],
) -> Layer:
    """Read coordinates that were pasted as text.

    Parameters
    ----------
    text
        Lines of pairs: degrees, degrees-minutes-seconds or projected metres; before
        a pair a point number and a ring number may stand. Semicolons separate pairs,
        too. A blank line or a line without coordinates (a name) begins a new parcel.
    kind
        A layer kind, see `layers.kinds`.
    geometry
        ``polygon`` or ``line`` (one a parcel), or ``point`` (one a pair).
    name
        Name of the parcel, or of all that have none of their own.
    order
        ``lon_lat`` (also easting, northing) or ``lat_lon``, where neither the text
        nor the size of the numbers tells.
    **stated
        See `layers.read.Stated`. Metres need `crs`.

    Returns
    -------
    Layer
        In EPSG:4490. Rings that do not repeat their first point are closed
        (``rings_closed``); a parcel whose outline is unclear is set aside.

    Raises
    ------
    InputRefusedError
        A line, or the order, can be read in two ways or in none.
    CrsError
        Metres without `crs`, or a `crs` that does not fit.

    Examples
    --------
    >>> import layers
    >>> site = layers.read_text('''E107°30′ N40°
    ... E107°31′ N40°
    ... E107°31′ N40°01′''', kind="project_site", geometry="polygon", name="东厂区")
    >>> site.frame["name"].tolist(), len(site.quarantine)
    (['东厂区'], 0)
    """
    wanted, statement = spec(kind), Statement(**stated)
    raw = pasted.parse(
        text, geometry=geometry, name_column=wanted.name_field, name=name, order=order
    )
    if raw.crs is None and statement.crs is None:
        pasted.need_crs(raw)
    digest = hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()
    return build(raw, wanted, statement, Origin(pasted.SOURCE, digest))
