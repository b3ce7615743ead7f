"""What a band is for: one name for the same light, whatever the sensor calls it."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

ROLES = (
    "coastal",
    "blue",
    "green",
    "red",
    "rededge1",
    "rededge2",
    "rededge3",
    "nir",
    "nir_narrow",
    "water_vapour",
    "cirrus",
    "swir1",
    "swir2",
)
"""Roles of bands, by wavelength but for the last of each group."""
MASKS = ("scl", "qa")
"""Bands of classes: scene classification of Sentinel-2, QA_PIXEL of Landsat."""

SENTINEL2 = dict(
    zip(
        (
            *(f"B0{one}" for one in range(1, 9)),
            *("B8A", "B09", "B10", "B11", "B12", "SCL"),
        ),
        (*ROLES, "scl"),
        strict=True,
    )
)
TM = {
    "B1": "blue",
    "B2": "green",
    "B3": "red",
    "B4": "nir",
    "B5": "swir1",
    "B7": "swir2",
    "QA_PIXEL": "qa",
}
OLI = {
    "B1": "coastal",
    "B2": "blue",
    "B3": "green",
    "B4": "red",
    "B5": "nir",
    "B6": "swir1",
    "B7": "swir2",
    "B9": "cirrus",
    "QA_PIXEL": "qa",
}
SENSORS: Mapping[str, Mapping[str, str]] = {
    "sentinel-2": SENTINEL2,
    "landsat-tm": TM,
    "landsat-etm": TM,
    "landsat-oli": OLI,
}
"""Names of bands by sensor. Thermal and panchromatic bands have no role here."""
WORDS: Mapping[str, str] = {
    **{one: one for one in (*ROLES, *MASKS)},
    "aerosol": "coastal",
    "nir08": "nir_narrow",
    "nir09": "water_vapour",
    "swir16": "swir1",
    "swir22": "swir2",
    "rededge071": "rededge1",
    "rededge075": "rededge2",
    "rededge078": "rededge3",
    "qa_pixel": "qa",
}
"""Words that name a role, as people and STAC items (`common_name`) write them."""


def role_of(name: str, sensor: str | None) -> str | None:
    """Return the role that a name stands for: a word, or a band of the sensor.

    Examples
    --------
    >>> role_of("B8A", "sentinel-2"), role_of("SWIR1", None), role_of("B5", None)
    ('nir_narrow', 'swir1', None)
    >>> role_of("B5", "landsat-oli"), role_of("B5", "sentinel-2")
    ('nir', 'rededge1')
    """
    word = name.strip().casefold()
    if word in WORDS:
        return WORDS[word]
    if sensor is None:
        return None
    bands = SENSORS[sensor]
    upper = word.upper().removeprefix("SR_")
    padded = f"B0{upper[1:]}" if len(upper) == 2 and upper[0] == "B" else upper  # noqa: PLR2004 - B2 is B02
    return bands.get(upper) or bands.get(padded)


def guessed_sensor(names: tuple[str, ...]) -> str | None:
    """Return the sensor that alone has such names, or None.

    B8A and SCL are Sentinel-2's, as is a two-figure B02; ``B5`` may be anybody's.

    Examples
    --------
    >>> guessed_sensor(("B2", "B3", "B4", "B8", "SCL"))
    'sentinel-2'
    >>> guessed_sensor(("B2", "B3")) is None
    True
    """
    upper = {one.strip().upper() for one in names}
    own = {"B8A", "SCL"} | {f"B0{one}" for one in range(1, 10)}
    return "sentinel-2" if upper & own else None
