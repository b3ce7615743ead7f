"""What a notebook shows of an image."""

from __future__ import annotations

from typing import TYPE_CHECKING

from layers.card import Card, CardPicture, CardTable
from layers.errors import ToolkitError
from layers.raster.look import quick_look
from layers.systems import name_of
from layers.text import TEXTS

if TYPE_CHECKING:
    from layers.grid import Grid
    from layers.raster.model import RasterLayer
    from layers.text import Lang


def image_card(image: RasterLayer, lang: Lang = "zh") -> Card:
    """Return the card of an image: what it is, where it lies, all notes, a quick look.

    Where no quick look can be made (a file is gone, changed or damaged), the card says
    so and why instead.
    """
    facts = {
        "source": image.source,
        "date": _day(image, lang),
        "sensor": " ".join(one for one in (image.sensor, image.level) if one)
        or _word("not_stated", lang),
        "baseline": image.baseline or "",
        "size": _size(image.grid),
        "crs": name_of(image.grid.crs),
        "image_bounds": ", ".join(f"{one:.10g}" for one in image.grid.bounds),
        "bands": ", ".join(image.bands),
        "quantity": _word(image.quantity, lang),
    }
    notes = tuple((TEXTS.render(one, lang),) for one in image.notes)
    tables = (CardTable((_word("notes", lang),), notes, most=len(notes)),)
    failed: tuple[str, ...] = ()
    picture = None
    try:
        picture = _picture(image, lang)
    except ToolkitError as error:
        failed = (TEXTS.say("card.no_look", lang=lang, why=str(error)),)
    return Card(
        f"{_word('image', lang)} {image.name}",
        tuple((_word(key, lang), text) for key, text in facts.items() if text),
        tables if notes else (),
        failed,
        picture,
    )


def _picture(image: RasterLayer, lang: Lang) -> CardPicture:
    look = quick_look(image)
    key = "card.look_part" if look.is_part else "card.look"
    caption = TEXTS.say(
        key,
        lang=lang,
        bands=", ".join(look.bands),
        columns=f"{look.read[0]:,}",
        rows=f"{look.read[1]:,}",
    )
    return CardPicture(look.png, caption)


def _day(image: RasterLayer, lang: Lang) -> str:
    """Return the day, else the year, else that nobody stated it."""
    if image.date is not None:
        return image.date.isoformat()
    return str(image.year) if image.year else _word("not_stated", lang)


def _size(grid: Grid) -> str:
    """Return columns, rows and the size of a pixel."""
    wide, high = grid.resolution
    unit = grid.crs.axis_info[0].unit_name if grid.crs.axis_info else ""
    return f"{grid.width:,} × {grid.height:,} ({wide:.6g} × {high:.6g} {unit})"


def _word(key: str, lang: Lang) -> str:
    return TEXTS.say(f"card.{key}", lang=lang)
