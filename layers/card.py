"""A card: what a notebook shows of a value. Compact, escaped here and nowhere else.

A card is data; `card_html` is the only place where it becomes HTML. It holds no
script, no style sheet and no link: styles stand at the elements, colours are ours, a
picture is a PNG that we made and stands in the card itself, and every other text goes
through `_text`.
"""

from __future__ import annotations

import base64
import html
from dataclasses import dataclass
from typing import TYPE_CHECKING

from layers.unseen import visible

if TYPE_CHECKING:
    from collections.abc import Iterable

MOST_ROWS = 10
"""Rows of a table that are shown; how many more there are is told."""
MOST_SIGNS = 240
"""Of one text; a longer one ends in an ellipsis, and the table itself has it whole."""

_PNG = b"\x89PNG\r\n\x1a\n"
_PLAIN = "tex2jax_ignore"  # a notebook would read $...$ in a name as a formula
_CARD = (
    "border:1px solid #d1d5db;border-radius:4px;padding:6px 10px;display:inline-block;"
    "max-width:100%;font-size:13px;line-height:1.4;overflow-x:auto"
)
_NOTICE = (
    "background:#fff8e1;color:#1f2937;border:1px solid #d9a400;padding:1px 8px;"
    "margin:4px 0"
)
_CELL = "text-align:left;vertical-align:top"


@dataclass(frozen=True, slots=True)
class Sign:
    """A text with a colour of ours, such as an outcome with its sign.

    Attributes
    ----------
    text
        Any text.
    colour
        ``#rrggbb``.
    """

    text: str
    colour: str


Cell = str | Sign


@dataclass(frozen=True, slots=True)
class CardTable:
    """A small table.

    Attributes
    ----------
    headings
        One a column.
    rows
        Cells by column.
    most
        Rows that are shown; of the others their number is told.
    left
        Rows that the maker of the card left out already; told with the others.
    """

    headings: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]
    most: int = MOST_ROWS
    left: int = 0


@dataclass(frozen=True, slots=True)
class CardPicture:
    """A small picture of our own making.

    Attributes
    ----------
    png
        The file.
    caption
        Stands below it, and in its place where a notebook shows no pictures.
    """

    png: bytes
    caption: str


@dataclass(frozen=True, slots=True)
class Card:
    """What is shown of a value.

    Attributes
    ----------
    title
        What it is, and its name.
    facts
        Pairs of a label and a text.
    tables
        Below the facts.
    notices
        Sentences that must be read: made-up data, what was not checked.
    picture
        Below the tables, or None.
    """

    title: str
    facts: tuple[tuple[str, Cell], ...] = ()
    tables: tuple[CardTable, ...] = ()
    notices: tuple[str, ...] = ()
    picture: CardPicture | None = None


def card_html(card: Card) -> str:
    """Return a card as HTML.

    Returns
    -------
    str
        One ``div``. The same card gives the same text. Texts are escaped, characters
        that cannot be seen are made visible, texts above `MOST_SIGNS` signs are cut
        with an ellipsis.

    Raises
    ------
    ValueError
        A colour is not ``#rrggbb``, or a picture no PNG: a slip of ours, as neither
        comes from data.

    Examples
    --------
    >>> "&lt;b&gt;" in card_html(Card("<b>"))
    True
    """
    parts = [
        f'<div class="{_PLAIN}" style="{_CARD}"><div><b>{_text(card.title)}</b></div>'
    ]
    parts += [f'<div style="{_NOTICE}">{_text(one)}</div>' for one in card.notices]
    if card.facts:
        rows = (
            f'<tr><td style="{_CELL};opacity:.7">{_text(label)}</td>{_cell(value)}</tr>'
            for label, value in card.facts
        )
        parts.append(f"<table>{''.join(rows)}</table>")
    parts += [_table(one) for one in card.tables]
    parts += [_picture(card.picture)] if card.picture else []
    return "".join([*parts, "</div>"])


def _table(table: CardTable) -> str:
    head = "".join(f'<th style="{_CELL}">{_text(one)}</th>' for one in table.headings)
    rows = "".join(f"<tr>{_cells(one)}</tr>" for one in table.rows[: table.most])
    left = max(0, len(table.rows) - table.most) + table.left
    more = f"<div>… + {left}</div>" if left > 0 else ""
    return f"<table><thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table>{more}"


def _picture(picture: CardPicture) -> str:
    if not picture.png.startswith(_PNG):
        msg = f"expected a PNG, got {picture.png[:8]!r}"
        raise ValueError(msg)
    data = base64.b64encode(picture.png).decode("ascii")
    said = _text(picture.caption)
    shown = f'<img src="data:image/png;base64,{data}" alt="{said}">'
    return f"<div>{shown}</div><div>{said}</div>"


def _cells(row: Iterable[Cell]) -> str:
    return "".join(_cell(one) for one in row)


def _cell(value: Cell) -> str:
    if isinstance(value, str):
        return f'<td style="{_CELL}">{_text(value)}</td>'
    style = f"{_CELL};color:{_colour(value.colour)};font-weight:600;white-space:nowrap"
    return f'<td style="{style}">{_text(value.text)}</td>'


def _text(text: str) -> str:
    """Return a text that is only text in HTML, and not longer than a card takes."""
    seen = visible(text)
    if len(seen) > MOST_SIGNS:
        seen = seen[: MOST_SIGNS - 1] + "…"
    return html.escape(seen, quote=True)


def _colour(colour: str) -> str:
    signs = colour.removeprefix("#")
    if len(signs) != len("rrggbb") or set(signs) - set("0123456789abcdef"):
        msg = f"expected a colour #rrggbb, got {colour!r}"
        raise ValueError(msg)
    return colour
