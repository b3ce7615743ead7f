"""result.json, findings.gpkg, findings.xlsx, report.html and pictures of a run."""

from __future__ import annotations

from dataclasses import replace
from functools import cache, partial
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any

import numpy as np
import shapely

from layers.errors import ExtraMissingError
from spatial.change.pair_picture import pair_picture
from spatial.monitor import tables, views
from spatial.monitor.geopackage import write_geopackage
from spatial.monitor.page import monitor_page
from spatial.monitor.paper import MOST_SHEETS, monitor_document
from spatial.monitor.pictures import Scenery
from spatial.monitor.told import told
from spatial.report.assemble import run_id, versions_of
from spatial.report.excel import write_tables
from spatial.report.html import rendered
from spatial.report.pdf import write_pdf
from spatial.report.printed import FORMATS as PRINTED
from spatial.report.printed import writers_of
from spatial.report.result import json_text
from spatial.report.static_map import MapMaker
from spatial.report.word import write_word
from spatial.report.words import say, visible
from spatial.report.write import (
    DEFAULT_FORMATS,
    FORMATS,
    MANIFEST_SCHEMA,
    OUTPUTS,
    known_formats,
    write_files,
    write_text,
)
from spatial.text import TEXTS

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Mapping
    from pathlib import Path

    from spatial.monitor.run import Monitoring
    from spatial.report.blocks import Document, Figure
    from spatial.report.content import ReviewContent
    from spatial.text import Lang

MOST_PICTURES = 200
"""Clues that get a picture, the most urgent first."""
MOST_EMBEDDED = 60
"""Pictures inside the page: it must open at once."""
PICTURES = "pictures"
MONITORING = "monitoring"
"""What the manifest says such a run is about."""
PAIR_PICTURE = "pair.png"
_NO_ZONES = ("admin_unit", "control_unit")  # they tile a county and would hide it


def write_monitoring(
    found: Monitoring,
    folder: Path,
    *,
    most_pictures: int = MOST_PICTURES,
    formats: Collection[str] = DEFAULT_FORMATS,
    fonts: Path | None = None,
    maps: bool = False,
    most_sheets: int = MOST_SHEETS,
    call: Mapping[str, object] | None = None,
    progress: Callable[[int, int], None] = lambda _done, _count: None,
) -> tuple[Path, ...]:
    """Write what `redline review` writes, a layer of clues, and pictures.

    Parameters
    ----------
    found
        From `spatial.monitor.run.monitor`.
    folder
        Where to; made if absent. Files of the same names are replaced.
    most_pictures
        Clues that get a picture, the most urgent first.
    formats
        Some of `spatial.report.write.FORMATS`.
    fonts
        Folder with the typefaces of PDF and map; None: those of the machine.
    maps
        Whether Word and PDF hold a map of all clues.
    most_sheets
        Clues that get a sheet in Word and PDF, the most urgent first.
    call
        What the run was called with, for the manifest; None where nobody says.
    progress
        Called after each picture with the count of those done and of all.

    Returns
    -------
    tuple of Path
        result.json, findings.gpkg (layers ``clues``, ``set_aside``, ``zones``),
        what is asked for (findings.xlsx, report.html, report.docx, report.pdf),
        pair.png, pictures/*.png, manifest.json. The same run gives the same bytes.
        Without Pillow or matplotlib there are no pictures.

    Raises
    ------
    UnknownKindError
        There is no such format.
    ExtraMissingError, FontMissingError
        Word, PDF or the map was asked for and cannot be made here. Nothing is written
        then.
    OutputRefusedError
        The folder is a file, is not writable, or a result is open elsewhere.
    """
    lang = found.lang
    content = run_content(found)
    made_by = writers_of(known_formats(formats), fonts, maps=maps)
    printed = set(PRINTED) & set(formats)
    most_drawn = max(most_pictures, most_sheets if printed else 0)
    seen = drawn_clues(found, progress, most=most_drawn)
    drawn = dict(list(seen.items())[:most_pictures])
    overview = _pair_picture(found, lang)
    names = _picture_names(drawn)

    @cache
    def document() -> Document:
        figure = clue_map(content, lang, fonts=fonts) if maps else None
        return monitor_document(
            found, content, lang, pictures=seen, figure=figure, most_sheets=most_sheets
        )

    reports: dict[str, Callable[[Path], object]] = {
        "xlsx": partial(_write_excel, found, lang=lang, names=names),
        "html": lambda path: write_text(
            path, _html(found, content, drawn=drawn, overview=overview)
        ),
        "docx": lambda path: write_word(document(), path),
        "pdf": lambda path: write_pdf(document(), path, fonts=fonts),
    }
    writers: dict[str, Callable[[Path], object]] = {
        OUTPUTS[0]: lambda path: write_text(
            path, json_text(told(found, content, lang, names))
        ),
        OUTPUTS[1]: partial(write_geopackage, found, lang=lang),
    }
    writers |= {name: reports[one] for one, name in FORMATS.items() if one in formats}
    if overview is not None:
        writers[PAIR_PICTURE] = partial(_write_bytes, overview)
    for name, picture in drawn.items():
        writers[names[name]] = partial(_write_bytes, picture)
    manifest = partial(_manifest, found, content, call=call, made_by=made_by)
    return write_files(folder, writers, manifest=manifest)


def result_text(found: Monitoring, *, most_pictures: int) -> str:
    """Return what result.json of a run holds, without drawing the pictures it names."""
    can_draw = found.scan is not None and find_spec("PIL") is not None
    named = map(str, found.table.index[:most_pictures] if can_draw else ())
    return json_text(told(found, run_content(found), found.lang, _picture_names(named)))


def _picture_names(clues: Iterable[str]) -> dict[str, str]:
    return {name: f"{PICTURES}/{name}.png" for name in clues}


def clue_map(
    content: ReviewContent, lang: Lang, *, fonts: Path | None
) -> Figure | None:
    """Return the map of all clues; None where there is none.

    Raises
    ------
    ExtraMissingError, FontMissingError
        As of `spatial.report.static_map.MapMaker.of_all`.
    """
    made = MapMaker(content, lang, fonts=fonts).of_all()
    if made is None:
        return None
    title = say("monitor.sheet.map", lang)
    return replace(made.figure(), title=title)


def monitoring_html(found: Monitoring) -> str:
    """Return the page of a run with pictures: one file that works offline."""
    drawn = drawn_clues(found, lambda _done, _count: None, most=MOST_EMBEDDED)
    overview = _pair_picture(found, found.lang)
    return _html(found, run_content(found), drawn=drawn, overview=overview)


def _html(
    found: Monitoring,
    content: ReviewContent,
    *,
    drawn: Mapping[str, bytes],
    overview: bytes | None,
) -> str:
    embedded = dict(list(drawn.items())[:MOST_EMBEDDED])
    view = monitor_page(
        found, content, found.lang, pictures=embedded, pair_picture=overview
    )
    return rendered(
        "monitor.html.j2",
        view,
        map_data=view.base.map_data,
        lang=found.lang,
        scripts=("slider.js",),
        base_map=found.office.base_map,
    )


def run_content(found: Monitoring) -> ReviewContent:
    """Return what the rules say of the clues, in their order, under the run's name."""
    said = found.clues.review.content
    by_id = {one.site_id: one for one in said.sites}
    named = run_id(
        found.inputs,
        versions_of(),
        on=found.on,
        settings=said.settings,
        about=said.about,
    )
    sites = tuple(by_id[str(name)] for name in found.table.index)
    return replace(said, sites=sites, inputs=found.inputs, run_id=named)


def drawn_clues(
    found: Monitoring,
    progress: Callable[[int, int], None],
    *,
    most: int | None = None,
    only: Collection[str] | None = None,
) -> dict[str, bytes]:
    """Return pictures of clues by their id, the most urgent first.

    Parameters
    ----------
    found
        The run.
    progress
        Told after each picture of the count of those done and of all.
    most, only
        How many; of which. None: all.

    Returns
    -------
    dict
        PNG by patch. Empty for a pair that the gate refused, and without Pillow.
    """
    if found.pair.aligned is None or found.scan is None:
        return {}
    zones = found.zones[~found.zones["kind"].isin(_NO_ZONES)]
    borders = {
        str(kind): shapely.boundary(np.asarray(some.geometry.array, dtype=object))
        for kind, some in zones.groupby("kind", sort=False)
    }
    scenery = Scenery(found.pair.aligned, borders)
    wanted = (
        found.table if only is None else found.table.loc[lambda t: t.index.isin(only)]
    )
    wanted = wanted.iloc[:most]
    out: dict[str, bytes] = {}
    for name, shape in zip(wanted.index, wanted.geometry, strict=True):
        try:
            out[str(name)] = scenery.picture(shape)
        except ExtraMissingError:
            return {}
        progress(len(out), len(wanted))
    return out


def _pair_picture(found: Monitoring, lang: Lang) -> bytes | None:
    try:
        return pair_picture(found.pair, lang)
    except ExtraMissingError:
        return None


def _write_bytes(content: bytes, path: Path) -> None:
    path.write_bytes(content)


# -- findings.xlsx and manifest -------------------------------------------------


def _write_excel(
    found: Monitoring, path: Path, *, lang: Lang, names: Mapping[str, str]
) -> None:
    content = found.clues.review.content
    heading = say(
        "monitor.heading",
        lang,
        title=content.title,
        before=str(found.before.date or found.before.name),
        after=str(found.after.date or found.after.name),
        on=found.on.isoformat(),
    )
    parts = (
        heading,
        *content.notices,
        *(TEXTS.render(one, lang) for one in found.clues.notices),
        *views.summary(found, lang),
    )
    write_tables(
        tables.tables(found, lang, names),
        path,
        title=content.title,
        heading=visible("  |  ".join(parts)),
        on=found.on,
        lang=lang,
    )


def _manifest(
    found: Monitoring,
    content: ReviewContent,
    outputs: Mapping[str, str],
    *,
    call: Mapping[str, object] | None,
    made_by: Mapping[str, str],
) -> dict[str, Any]:
    """Return what went in and what came out; no clock, no path of this machine."""
    told_ = {
        "schema": MANIFEST_SCHEMA,
        "run_id": content.run_id,
        "title": content.title,
        "about": MONITORING,
        "region": content.region,
        "on": found.on.isoformat(),
        "lang": found.lang,
        "call": call,
        "inputs": dict(sorted(found.inputs.items())),
        "versions": dict(sorted(versions_of().items())),
        "outputs": dict(outputs),
    }
    return told_ | ({"writers": dict(made_by)} if made_by else {})
