"""Made-up images: small GeoTIFFs on squared paper, and textures to be compared."""

from __future__ import annotations

import numpy as np
import rasterio

PLACE = rasterio.Affine(10, 0, 500000, 0, -10, 3300000)


def write(path, values, *, names=None, **profile):
    """Write (bands, rows, columns) as a GeoTIFF of 10 m in UTM 48; return its path."""
    values = np.asarray(values)
    values = values[None] if values.ndim == 2 else values
    wanted = {
        "driver": "GTiff", "count": len(values), "height": values.shape[1],
        "width": values.shape[2], "dtype": values.dtype.name, "crs": "EPSG:32648",
        "transform": PLACE, **profile,
    }  # fmt: skip
    path.parent.mkdir(parents=True, exist_ok=True)
    with rasterio.open(path, "w", **wanted) as sink:
        sink.write(values)
        for at, name in enumerate(names or (), start=1):
            sink.set_band_description(at, name)
    return path


def smooth(values, pixels):
    """A picture blurred by a Gaussian; its borders meet."""
    rows, columns = (np.fft.fftfreq(n) for n in values.shape)
    away = rows[:, None] ** 2 + columns[None, :] ** 2
    kernel = np.exp(-2 * np.pi**2 * pixels**2 * away)
    return np.fft.ifft2(np.fft.fft2(values) * kernel).real


def moved(values, columns, rows):
    """A picture whose content lies so much further right and down; borders meet."""
    down, right = (np.fft.fftfreq(n) for n in values.shape[-2:])
    wave = np.exp(-2j * np.pi * (down[:, None] * rows + right[None, :] * columns))
    return np.fft.ifft2(np.fft.fft2(values) * wave).real


def scene(seed=1, size=200, bands=4, noise=0.004):
    """A made-up landscape of reflectances: fields with borders, and fine texture."""
    rng = np.random.default_rng(seed)
    fields = np.kron(rng.uniform(0, 1, (size // 20 + 1,) * 2), np.ones((20, 20)))
    fields = fields[:size, :size]
    texture = smooth(rng.normal(0, 1, (size, size)), 1.2)
    base = np.linspace(0.06, 0.25, bands)[:, None, None]
    values = base * (0.5 + fields + 0.25 * texture / texture.std())
    return np.clip(values + rng.normal(0, noise, values.shape), 0.005, 1.0)


def stored(values):
    """Reflectances as Sentinel-2 stores them."""
    return np.round(np.asarray(values) * 10_000).astype("uint16")
