"""Open GeoPackages in QGIS, without a screen, and check that they are coloured.

    python3 scripts/check_qgis.py findings.gpkg monitor.gpkg --pictures out/qgis

Runs under the Python that has QGIS's bindings (Debian: apt install python3-qgis; the
system's python3, not .venv) and reads nothing but the files. Not part of the checks: it
needs 170 packages. Where there is no QGIS it says so and ends well.

A layer passes if its style comes out of `layer_styles` by itself, every feature with a
shape has a symbol of its own sort (a point a marker, an area a fill), labels are on
where the style has them, and a picture of the layer holds the colour of every category
that has a feature.
"""

from __future__ import annotations

import argparse
import os
import sys
from pathlib import Path

SORTS = ("Point", "LineString", "Polygon")
WIDTH, HEIGHT = 800, 600
NEAR = 24
"""How far a pixel may be from a colour, in each of red, green and blue."""


def main() -> int:
    """Check the files; return 1 where one fails."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("files", nargs="+", type=Path)
    parser.add_argument("--pictures", type=Path, help="folder for a PNG of each layer")
    options = parser.parse_args()
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    os.environ.setdefault("CPL_LOG", os.devnull)  # GDAL warns of each newer GeoPackage
    try:
        from qgis.core import Qgis, QgsApplication  # noqa: PLC0415
    except ImportError as error:
        print(f"skipped: no QGIS for this Python ({error}); apt install python3-qgis")
        return 0
    application = QgsApplication([], False)  # noqa: FBT003 - QGIS's own signature
    application.initQgis()
    print(f"QGIS {Qgis.QGIS_VERSION}")
    faults = [
        fault
        for path in options.files
        for fault in checked(path.resolve(), options.pictures)
    ]
    application.exitQgis()
    for one in faults:
        print(f"FAULT {one}", file=sys.stderr)
    return 1 if faults else 0


def checked(path: Path, pictures: Path | None) -> list[str]:
    """Return what is wrong with the layers of a file; print what is right."""
    from qgis.core import QgsProviderRegistry  # noqa: PLC0415

    if not path.is_file():
        return [f"{path.name}: no such file"]
    metadata = QgsProviderRegistry.instance().providerMetadata("ogr")
    found = metadata.querySublayers(str(path))
    styled = {one.name() for one in found} - {"layer_styles"}
    faults = [] if styled else [f"{path.name}: no layer"]
    for name in sorted(styled):
        faults += _layer(path, name, pictures)
    return faults


def _layer(path: Path, name: str, pictures: Path | None) -> list[str]:
    """Check the points, lines and areas of a layer, each as QGIS opens them."""
    from qgis.core import QgsVectorLayer  # noqa: PLC0415

    faults, count = [], 0
    whole = QgsVectorLayer(f"{path}|layername={name}", name, "ogr")
    shaped = sum(one.hasGeometry() for one in whole.getFeatures())
    for sort in SORTS:
        uri = f"{path}|layername={name}|geometrytype={sort}"
        layer = QgsVectorLayer(uri, f"{name} {sort}", "ogr")
        features = [one for one in layer.getFeatures() if one.hasGeometry()]
        features = [one for one in features if _sort(one) == sort]
        count += len(features)
        if features:
            what = f"{path.stem} {name} {sort}"
            faults += [f"{what}: {one}" for one in _drawn(layer, features)]
            faults += [f"{what}: {one}" for one in _seen(layer, what, pictures)]
            print(
                f"{what}: {len(features)} features, {layer.renderer().type()}, "
                f"labels {'on' if layer.labelsEnabled() else 'off'}"
            )
    if count != shaped:
        faults.append(f"{path.stem} {name}: {count} of {shaped} shapes are opened")
    return faults


def _sort(feature: object) -> str:
    return SORTS[int(feature.geometry().type())]  # type: ignore[attr-defined]


def _drawn(layer: object, features: list[object]) -> list[str]:
    """Return which features have no symbol, or one that cannot draw them."""
    from qgis.core import QgsRenderContext  # noqa: PLC0415

    renderer = layer.renderer().clone()
    if renderer.type() != "categorizedSymbol":
        return [f"style not taken from the file: {renderer.type()}"]
    context = QgsRenderContext()
    context.expressionContext().appendScopes(_scopes(layer))
    renderer.startRender(context, layer.fields())
    faults = set()
    for one in features:
        context.expressionContext().setFeature(one)
        symbol = renderer.symbolForFeature(one, context)
        if symbol is None:
            faults.add(f"a feature without a category: {one.attributes()[:4]}")
        elif int(symbol.type()) != int(one.geometry().type()):
            faults.add(f"a symbol of another sort: {int(symbol.type())}")
    renderer.stopRender(context)
    return sorted(faults)


def _scopes(layer: object) -> list[object]:
    from qgis.core import QgsExpressionContextUtils  # noqa: PLC0415

    return QgsExpressionContextUtils.globalProjectLayerScopes(layer)


def _seen(layer: object, what: str, pictures: Path | None) -> list[str]:
    """Return the categories with a feature whose colour is not in the picture."""
    from qgis.core import QgsMapRendererParallelJob, QgsMapSettings  # noqa: PLC0415
    from qgis.PyQt.QtCore import QSize  # noqa: PLC0415
    from qgis.PyQt.QtGui import QColor  # noqa: PLC0415

    settings = QgsMapSettings()
    settings.setLayers([layer])
    settings.setBackgroundColor(QColor("white"))
    settings.setOutputSize(QSize(WIDTH, HEIGHT))
    settings.setDestinationCrs(layer.crs())
    extent = layer.extent()
    extent.grow(max(extent.width(), extent.height(), 0.001) * 0.1)
    settings.setExtent(extent)
    job = QgsMapRendererParallelJob(settings)
    job.start()
    job.waitForFinished()
    image = job.renderedImage()
    if pictures is not None:
        pictures.mkdir(parents=True, exist_ok=True)
        image.save(str(pictures / f"{what.replace(' ', '-')}.png"))
    pixels = {image.pixel(x, y) & 0xFFFFFF for x in range(WIDTH) for y in range(HEIGHT)}
    renderer = layer.renderer()
    used = _used(layer)
    return [
        f"no pixel in the colour of {one.label()!r}"
        for one in renderer.categories()
        if one.value() in used and not _near(pixels, _colour(one.symbol()))
    ]


def _used(layer: object) -> set[object]:
    """Return the values of categories that a feature of the layer has."""
    from qgis.core import QgsExpression, QgsExpressionContext  # noqa: PLC0415

    field = layer.renderer().classAttribute()
    if layer.fields().lookupField(field) >= 0:
        return {str(one[field]) for one in layer.getFeatures() if one.hasGeometry()}
    expression, context = QgsExpression(field), QgsExpressionContext()
    context.appendScopes(_scopes(layer))
    found = set()
    for one in layer.getFeatures():
        context.setFeature(one)
        found.add(expression.evaluate(context))
    return found


def _colour(symbol: object) -> int:
    """Return the colour of an outline, of a line or of a marker."""
    first = symbol.symbolLayer(0)
    colour = first.strokeColor() if int(symbol.type()) == 2 else first.color()  # noqa: PLR2004
    return colour.rgb() & 0xFFFFFF


def _near(pixels: set[int], wanted: int) -> bool:
    return any(
        all(abs((one >> by & 255) - (wanted >> by & 255)) <= NEAR for by in (0, 8, 16))
        for one in pixels
    )


if __name__ == "__main__":
    sys.exit(main())
