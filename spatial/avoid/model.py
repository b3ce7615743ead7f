"""Help for a site that is prohibited or restricted: values only. No approval."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from shapely.geometry.base import BaseGeometry

    from spatial.finding import Outcome, Said


@dataclass(frozen=True, slots=True)
class GiveUp:
    """Land of a site that a rule takes at a zone.

    Attributes
    ----------
    rule, provision
        What takes it.
    kind, layer, zone_id, zone_name
        Where; the zone's id is None where it is the lack of a zone.
    area_m2
        Of the site. Zones may overlap, so these need not add up to the whole.
    """

    rule: str
    provision: int
    kind: str | None
    layer: str | None
    zone_id: str | None
    zone_name: str | None
    area_m2: float


@dataclass(frozen=True, slots=True)
class Part:
    """The part of a site on which the deciding rules do not apply.

    Attributes
    ----------
    geometry
        Polygon(s), EPSG:4490.
    area_m2, pieces
        Its size, and of how many pieces it is.
    outcome
        What a review says of this part as a site.
    """

    geometry: BaseGeometry
    area_m2: float
    pieces: int
    outcome: Outcome


@dataclass(frozen=True, slots=True)
class Move:
    """The least move of a site, as it is, after which it complies.

    Attributes
    ----------
    distance_m, azimuth_deg
        Geodesic, of the middle of the site's box; azimuth clockwise from north.
    direction
        ``n``, ``ne``, ``e``, ... ``nw``.
    geometry
        The site where it was judged.
    outcome
        What a review says of it there.
    """

    distance_m: float
    azimuth_deg: float
    direction: str
    geometry: BaseGeometry
    outcome: Outcome


@dataclass(frozen=True, slots=True)
class Stretch:
    """A stretch of a line on which a rule applies.

    Attributes
    ----------
    part
        Which part of a multi-line, from 0.
    from_m, to_m
        Chainage from the start of the part, metres.
    rule, provision, outcome
        What applies there.
    kind, layer, zone_id, zone_name
        At which zone.
    """

    part: int
    from_m: float
    to_m: float
    rule: str
    provision: int
    outcome: Said
    kind: str | None
    layer: str | None
    zone_id: str | None
    zone_name: str | None


@dataclass(frozen=True, slots=True)
class Help:
    """What could be done about a site. It helps to plan, it approves nothing.

    Attributes
    ----------
    give_up
        By rule, layer, zone; of a polygon.
    give_up_m2
        What has to be given up in all; with the part's area it makes the site's.
    part
        The part that complies; None where there is none, or none that a review
        confirms.
    move
        The least move that complies; None where none was found within `searched_m`.
    stretches
        Of a line: by part and chainage.
    searched_m
        How far moves were searched; 0 for what is not moved (lines).
    """

    give_up: tuple[GiveUp, ...] = ()
    give_up_m2: float | None = None
    part: Part | None = None
    move: Move | None = None
    stretches: tuple[Stretch, ...] = ()
    searched_m: float = 0.0
