"""What a caller states about a layer beside the file itself."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, TypedDict

if TYPE_CHECKING:
    from collections.abc import Mapping

    from layers.crs import CrsLike
    from layers.datum import DatumRegion, DatumShift
    from layers.provenance import Coverage, Period, Tolerance


class Stated(TypedDict, total=False):
    """What the caller states about a layer; every key may be left out.

    crs
        Reference system, when the source does not say it; ``GCJ-02`` and ``BD-09``
        are said here, because no file can say them.
    datum_shift
        Parameters or a grid from a datum like Xian 1980 to CGCS2000.
    datum_region
        With GCJ-02 and BD-09: ``everywhere`` when coordinates in Hong Kong, Macau and
        Taiwan are shifted too; without it rows there are set aside.
    fields
        Canonical field name to source column, where the aliases do not fit.
    id
        Id of the layer; the kind when left out.
    edition, valid, licence, notice
        As in `layers.provenance.Provenance` and `layers.layer.Layer`.
    coverage
        Where absence means absence.
    accuracy_m, tolerance
        Positional accuracy; what counts as a sliver.
    """

    crs: CrsLike | None
    fields: Mapping[str, str] | None
    id: str | None
    edition: str | None
    valid: Period | None
    coverage: Coverage | None
    accuracy_m: float | None
    tolerance: Tolerance | None
    licence: str | None
    notice: str | None
    datum_shift: DatumShift | None
    datum_region: DatumRegion | None


@dataclass(frozen=True, slots=True)
class Statement:
    """`Stated` with everything filled in; refuses a keyword it does not know."""

    crs: CrsLike | None = None
    fields: Mapping[str, str] | None = None
    id: str | None = None
    edition: str | None = None
    valid: Period | None = None
    coverage: Coverage | None = None
    accuracy_m: float | None = None
    tolerance: Tolerance | None = None
    licence: str | None = None
    notice: str | None = None
    datum_shift: DatumShift | None = None
    datum_region: DatumRegion | None = None


@dataclass(frozen=True, slots=True)
class Origin:
    """Name and hash of a source."""

    source: str
    sha256: str
