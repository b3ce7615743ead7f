"""A document to be printed, as data: `spatial.report.word` and `.pdf` write it.

Whoever has something to hand in (a review, a sheet for a clue, a case) builds a
`Document` of blocks; both writers print the same words in the same order, with the
same numbers for tables and figures. A block says what something is, never how it looks:
that is the writers' styles. No text is read as markup, field or formula.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, TypeAlias

from spatial.report.words import visible

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterator, Sequence

    from spatial.finding import Said
    from spatial.text import Lang

Look = Literal["plain", "strong", "warning", "small", "code"]
"""How words stand out: not at all, bold, as a warning, small, as a code."""
Sort = Literal["body", "lead", "title", "remark", "notice"]
"""Of a paragraph: running text; the sentence that sums up; a title that is no heading
and stays with what follows; a small remark; a frame that cannot be overlooked."""


@dataclass(frozen=True, slots=True)
class Span:
    """Words with a look.

    Attributes
    ----------
    text
        The words; a line feed begins a new line.
    look
        See `Look`.
    outcome
        The outcome that the words name: they get its colour; None for all others.
    """

    text: str
    look: Look = "plain"
    outcome: Said | None = None


Text: TypeAlias = "str | Span | tuple[str | Span, ...]"
"""Words, of one look or of several one after the other."""


def spans(text: Text) -> tuple[Span, ...]:
    r"""Return a text as spans that can be printed; empty ones are left out.

    Every writer takes texts through here: characters that cannot be seen or stored
    become visible ones (see `spatial.report.words.visible`), line ends are all ``\n``.

    Examples
    --------
    >>> [one.text for one in spans(("a\x00", Span("b", "strong"), ""))]
    ['a␀', 'b']
    """
    parts = text if isinstance(text, tuple) else (text,)
    made = (Span(one) if isinstance(one, str) else one for one in parts)
    return tuple(
        Span(shown, one.look, one.outcome)
        for one in made
        if (shown := visible(one.text.replace("\r\n", "\n").replace("\r", "\n")))
    )


def plain(text: Text) -> str:
    """Return the words alone."""
    return "".join(one.text for one in spans(text))


def _refuse_empty(what: str, parts: tuple[object, ...]) -> None:
    if not parts:
        msg = f"{what} is empty; leave it out, or say in a sentence that there is none"
        raise ValueError(msg)


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading; the writers number levels 1 and 2 (``2``, ``2.1``).

    Attributes
    ----------
    level
        1, 2 or 3. Those of level 1 and 2 are the bookmarks of a PDF.
    """

    text: Text
    level: Literal[1, 2, 3] = 1


@dataclass(frozen=True, slots=True)
class Paragraph:
    """A paragraph."""

    text: Text
    sort: Sort = "body"


@dataclass(frozen=True, slots=True)
class Items:
    """A list, with numbers (``ordered``) or without."""

    items: tuple[Text, ...]
    ordered: bool = False

    def __post_init__(self) -> None:
        """Refuse an empty list: nothing to say is a sentence, or nothing."""
        _refuse_empty("a list", self.items)


@dataclass(frozen=True, slots=True)
class Pairs:
    """A table of labels and values without a caption, for facts of one thing."""

    pairs: tuple[tuple[Text, Text], ...]

    def __post_init__(self) -> None:
        """Refuse an empty table."""
        _refuse_empty("a table of facts", self.pairs)


@dataclass(frozen=True, slots=True)
class GridColumn:
    """A column: its heading, its part of the width, where its cells stand."""

    heading: str
    width: float = 1.0
    number: bool = False


@dataclass(frozen=True, slots=True)
class Grid:
    """A table with a numbered caption, whose headings stand again on each page.

    Attributes
    ----------
    title
        The caption without its number.
    columns
        In order; the widths are parts of the whole and need not add up to 1.
    rows
        A text for each column.
    remark
        A sentence below it, "" for none.
    """

    title: str
    columns: tuple[GridColumn, ...]
    rows: tuple[tuple[Text, ...], ...]
    remark: str = ""

    def __post_init__(self) -> None:
        """Refuse an empty table, and a row that does not fit the headings."""
        _refuse_empty(repr(self.title), self.rows)
        for row in self.rows:
            if len(row) != len(self.columns):
                msg = f"{self.title!r}: {len(row)} cells below {len(self.columns)}"
                raise ValueError(msg)


@dataclass(frozen=True, slots=True)
class Figure:
    """A picture with a numbered caption.

    Attributes
    ----------
    png
        Its bytes. Word prints these.
    title
        The caption without its number.
    alt
        What is to be seen, for those who do not see it.
    width_mm
        On the page, at most `TEXT_WIDTH_MM`.
    svg
        The same picture as drawing; the PDF prefers it. None: the PNG there too.
    fills
        Whether it may take what is left of its page: the PDF does so, Word keeps to
        `width_mm`. What follows on the page must not fill it alone.
    """

    png: bytes
    title: str
    alt: str
    width_mm: float = 160.0
    svg: bytes | None = None
    fills: bool = False


@dataclass(frozen=True, slots=True)
class Quote:
    """Words of a law, and where they stand."""

    text: Text
    source: Text


@dataclass(frozen=True, slots=True)
class Blanks:
    """Lines to be filled in by hand: a label and a line each.

    Attributes
    ----------
    labels
        Of the lines; two stand beside each other.
    rows
        How many empty lines follow below, over the whole width.
    """

    labels: tuple[str, ...]
    rows: int = 0


@dataclass(frozen=True, slots=True)
class PageBreak:
    """What follows begins a page."""


Block: TypeAlias = (
    Heading | Paragraph | Items | Pairs | Grid | Figure | Quote | Blanks | PageBreak
)

TEXT_WIDTH_MM = 166.0
"""Of the text on a sheet of A4, between the margins that both writers set."""


@dataclass(frozen=True, slots=True)
class Document:
    """A document.

    Attributes
    ----------
    title, subtitle
        On the first page and, the title, in the properties of the file.
    owner
        Whose it is; above the title, "" for none.
    running
        What stands at the head of every page.
    lang
        Of the words that the writers add (table, figure, page), and of the file.
    on
        The day that stands in the file's properties; no clock is asked.
    blocks
        In order.
    """

    title: str
    subtitle: str
    owner: str
    running: str
    lang: Lang
    on: dt.date
    blocks: tuple[Block, ...]


def numbered(blocks: Sequence[Block]) -> Iterator[tuple[Block, int]]:
    """Yield each block with the number of its caption, from 1; 0 for one without."""
    tables = figures = 0
    for one in blocks:
        if isinstance(one, Grid):
            tables += 1
            yield one, tables
        elif isinstance(one, Figure):
            figures += 1
            yield one, figures
        else:
            yield one, 0
