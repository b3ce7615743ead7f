"""``redline layers inspect``: what is in a file, and how that is known."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING

import click

from spatial.cli.reading_options import reading_options, stated
from spatial.cli.terminal import lang_option, language, padded, plain
from spatial.text import TEXTS

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from layers.layer import Workspace
    from layers.provenance import Coverage
    from layers.read import Fit, Glance, Inspection, RasterGlance, Trial

_WIDTH = 12
_UNITS = 8
_DECIDED = "issue.encoding_decided"
_FIXED = ("GeoPackage", "GeoJSON", "GeoParquet", "FlatGeobuf", "File Geodatabase")
_FROM_BYTES = ("CSV", "boundary points")


@click.command()
@click.argument("file", type=click.Path(path_type=Path))
@click.option(
    "-w",
    "--workspace",
    type=click.Path(path_type=Path),
    help="工作区，用其行政区图层说明位于何处 / workspace whose units say where it lies",
)
@click.option(
    "--kind",
    help="按此类图层试读：字段与行数账 / try it as this kind: fields and row ledger",
)
@reading_options
@lang_option
def inspect(
    file: Path,
    *,
    workspace: Path | None,
    kind: str | None,
    crs: str | None,
    datum_shift: str | None,
    datum_region: str | None,
    encoding: str | None,
) -> None:
    """说明文件里有什么 / tell what is in a file.

    Format and reference system with the evidence for them, layers, row ledger,
    fields with their types and what they could be read as, text encoding and why,
    extent on the earth in words, problems. Towns are those of GeoNames (CC BY 4.0).

    \b
    例 / example:
      redline layers inspect STBHHX.shp -w office/
      redline layers inspect 矿山.geojson --kind project_site
    """
    import layers as package

    office = package.open_workspace(workspace) if workspace else None
    said = stated(crs, datum_shift, datum_region)
    said["coverage"] = _region(office)
    seen = package.inspect(file, encoding=encoding, kind=kind, **said)
    _line("format", f"{seen.format} ({_why_format(seen)})")
    for problem in seen.problems:
        _line("problem", TEXTS.render(problem, language()))
    for raster in seen.rasters:
        _print_raster(raster, office)
    for one in seen.layers:
        click.echo()
        _print_layer(one, seen, office, given=encoding is not None)


def _print_layer(
    one: Glance, seen: Inspection, office: Workspace | None, *, given: bool
) -> None:
    """Print one layer of the file."""
    counts = _joined(f"{name} {count}" for name, count in one.geometry_counts.items())
    _line("layer", one.name)
    _line("rows", _ledger(one))
    _line("geometry", counts or _say("none"))
    _line("fields", _fields(one))
    for fit in one.fits:
        _line("fits", _fit(fit))
    if one.trial is not None:
        _line("trial", _trial(one.trial))
    if one.encoding:
        _line("encoding", f"{one.encoding} ({_why_encoding(one, seen, given=given)})")
    _print_place(one, office)
    for problem in one.problems:
        if problem.key != _DECIDED or not one.encoding:
            _line("problem", TEXTS.render(problem, language()))


def _print_raster(one: RasterGlance, office: Workspace | None) -> None:
    """Print the size, values and place of a raster."""
    header = one.header
    nodata = ("-" if value is None else f"{value:g}" for value in header.nodata)
    _line("raster_driver", f"{header.driver}, {header.compression or '-'}")
    _line("raster_size", f"{header.width_px:,} x {header.height_px:,}")
    _line("raster_bands", f"{len(header.dtypes)} ({_distinct(header.dtypes)})")
    _line("raster_nodata", _distinct(nodata))
    if one.resolution:
        _line("raster_pixel", " x ".join(f"{side:.10g}" for side in one.resolution))
    _line("raster_overviews", _distinct(map(str, header.overviews)) or "-")
    _print_place(one, office)
    for problem in one.problems:
        _line("problem", TEXTS.render(problem, language()))


def _distinct(values: Iterable[str]) -> str:
    """Return the values that differ, in their order."""
    return ", ".join(dict.fromkeys(values))


def _print_place(one: Glance | RasterGlance, office: Workspace | None) -> None:
    """Print the reference system and where a layer lies."""
    stated_crs = f"{one.crs} ({one.crs_evidence})"
    _line("crs", _say("crs_none") if one.crs == "none" else stated_crs)
    if one.bounds:
        _line("bounds", ", ".join(f"{edge:.6f}" for edge in one.bounds))
    for place in _places(one, office):
        _line("place", place)


def _line(key: str, value: object) -> None:
    """Print one thing that was seen, under its name."""
    click.echo(f"{padded(_say(key), _WIDTH)} {plain(value)}")


def _say(key: str, **facts: str | float) -> str:
    """Return a sentence of this command."""
    return TEXTS.say(f"cli.inspect.{key}", lang=language(), **facts)


def _joined(parts: Iterator[str]) -> str:
    """Return parts with the comma of the language between them."""
    return ("、" if language() == "zh" else ", ").join(parts)


def _why_format(seen: Inspection) -> str:
    """Say how the format was recognised."""
    key = f"cli.inspect.why.{seen.format}"
    known = key in TEXTS.sentences(language())
    return TEXTS.say(key, lang=language()) if known else seen.why


def _ledger(seen: Glance) -> str:
    """Return the rows by what became of their geometry; the sum is that of the file."""
    return _say(
        "ledger",
        rows=seen.rows,
        valid=seen.rows - seen.missing - seen.invalid,
        invalid=seen.invalid,
        missing=seen.missing,
    )


def _fields(seen: Glance) -> str:
    """Return the columns with their types; the most frequent type is said once."""
    pairs = list(zip(seen.fields, seen.types, strict=True))
    held = [(name, kind) for name, kind in pairs if kind != "empty"]
    blank = [name for name, kind in pairs if kind == "empty"]
    said = _say("columns", count=len(pairs))
    if held:
        common = Counter(kind for _, kind in held).most_common(1)[0][0]
        names = _joined(
            name if kind == common else f"{name} <{_say(f'type.{kind}')}>"
            for name, kind in held
        )
        said += _say("columns_held", common=_say(f"type.{common}"), names=names)
    if blank:
        said += _say("columns_blank", count=len(blank), names=_joined(iter(blank)))
    return said


def _fit(fit: Fit) -> str:
    """Return a kind, which column would be read as which field, and what is missing."""
    pairs = _joined(f"{name} → {field}" for field, name in fit.fields.items())
    said = _say("fit", title=fit.title[language()], kind=fit.kind, pairs=pairs or "-")
    if fit.missing:
        said += _say("fit_missing", fields=", ".join(fit.missing))
    return said


def _trial(trial: Trial) -> str:
    """Return the row ledger of the trial, and why rows would be set aside."""
    reasons = _joined(f"{code} {count}" for code, count in trial.reasons.items())
    said = _say(
        "tried",
        title=trial.title[language()],
        rows=trial.rows_in_file,
        kept=trial.rows_kept,
        aside=trial.rows_quarantined,
    )
    return f"{said} ({reasons})" if reasons else said


def _why_encoding(one: Glance, seen: Inspection, *, given: bool) -> str:
    """Say how the text encoding is known."""
    if given:
        return _say("encoding_given")
    for problem in one.problems:
        if problem.key == _DECIDED:
            return TEXTS.render(problem, language())
    if seen.format in _FIXED:
        return _say("encoding_fixed", format=seen.format)
    key = "encoding_bytes" if seen.format in _FROM_BYTES else "encoding_stated"
    return _say(key)


def _places(one: Glance | RasterGlance, office: Workspace | None) -> Iterator[str]:
    """Yield where on the earth a layer lies, in words."""
    from layers.quality import units_at

    if one.lonlat is None:
        yield _say("place_unknown")
        return
    edges = {
        name: _degrees(value, axis)
        for name, value, axis in zip(
            ("west", "south", "east", "north"), one.lonlat, "xyxy", strict=True
        )
    }
    yield _say("box", **edges)
    if office is not None:
        units = units_at(office, one.lonlat)
        if not units:
            yield _say("no_unit")
        elif len(units) <= _UNITS:
            yield _say("units", units=_joined(iter(units)))
        else:
            shown = _joined(iter(units[:_UNITS]))
            yield _say("many_units", units=shown, count=len(units))
    for place in one.places:
        yield TEXTS.render(place, language())


def _degrees(value: float, axis: str) -> str:
    """Return degrees with the side of the earth, ``东经 107.123456°``."""
    side = {"x": ("east", "west"), "y": ("north", "south")}[axis][value < 0]
    return _say(side, value=f"{abs(value):.6f}")


def _region(office: Workspace | None) -> Coverage | None:
    """Return the workspace's region, which narrows what numbers can mean."""
    from layers.provenance import Coverage
    from layers.quality import region_of

    area = region_of(office) if office is not None else None
    return Coverage(area, "region") if area is not None else None
