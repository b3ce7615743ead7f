"""A printed document as PDF, laid out by Typst from data.

The words go to Typst as JSON in a folder of their own, which it cannot leave, and it
never reads them as markup. Fonts are looked for among those of the machine, or in one
folder that is named; without a Chinese one nothing is written, and the error says what
to do: boxes in the place of signs are no report.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import re
import tempfile
from dataclasses import dataclass
from functools import cache, singledispatch
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from layers.errors import ExtraMissingError, ToolkitError
from spatial.report.blocks import (
    TEXT_WIDTH_MM,
    Blanks,
    Block,
    Figure,
    Grid,
    Heading,
    Items,
    PageBreak,
    Pairs,
    Paragraph,
    Quote,
    Text,
    numbered,
    spans,
)
from spatial.report.palette import OUTCOME_COLOUR
from spatial.report.words import say, visible

try:
    import typst
except ImportError:  # pragma: no cover  the extra is there where tests run
    typst = None  # type: ignore[assignment]

if TYPE_CHECKING:
    from spatial.report.blocks import Document
    from spatial.text import Lang

FAMILIES = (
    "Noto Sans CJK SC",
    "Source Han Sans SC",
    "Noto Sans SC",
    "Microsoft YaHei",
    "PingFang SC",
    "Hiragino Sans GB",
    "Noto Serif CJK SC",
    "Source Han Serif SC",
    "SimSun",
    "SimHei",
    "FangSong",
    "WenQuanYi Micro Hei",
    "WenQuanYi Zen Hei",
)
"""Typefaces with Chinese signs, the best first; of Linux, Windows and macOS."""
MONO = "DejaVu Sans Mono"  # within Typst itself; has the signs that others lack
_TEMPLATE = Path(__file__).parent / "templates" / "document.typ"
_DATA = "document.json"
_PICTURES = re.compile("[\u2400-\u2426]")
_REGULAR = 400  # weight
_MOST_BYTES = 1 << 16  # of a font file that are hashed: names and tables stand first


class FontMissingError(ToolkitError, LookupError):
    """No typeface with Chinese signs was found, and a PDF or a map needs one."""

    def __init__(self, *, where: str, what: str = "a PDF") -> None:
        self.where = where
        self.expected = FAMILIES
        self.todo = (
            "install one (Debian, Ubuntu: apt install fonts-noto-cjk), or put a font"
            " file (.ttf, .otf, .ttc) into a folder and name it with --fonts"
        )
        super().__init__(
            f"{what}: expected a typeface with Chinese signs (such as"
            f" {', '.join(FAMILIES[:4])}), got none {where}; {self.todo}"
        )


@dataclass(frozen=True, slots=True)
class Face:
    """The typeface of a PDF.

    Attributes
    ----------
    family
        Its name.
    sha256
        First 12 hex digits of the hash over its regular file's first 64 KB and its
        size: tells two versions of one name apart.
    """

    family: str
    sha256: str


def write_pdf(document: Document, path: Path, *, fonts: Path | None = None) -> None:
    """Write a document as PDF.

    Parameters
    ----------
    document
        What to print.
    path
        File to write; an existing one is replaced.
    fonts
        A folder with font files; only these are used then, and any machine gives the
        same bytes. None: those of the machine.

    Raises
    ------
    ExtraMissingError
        Typst is not installed (extra ``report``).
    FontMissingError
        There is no Chinese typeface.

    Notes
    -----
    The same document with the same typeface gives the same bytes: the time inside is
    midnight (UTC) of the document's day.
    """
    (made,) = _laid_out(document, fonts, "pdf")
    path.write_bytes(made)


def pdf_pictures(
    document: Document, *, fonts: Path | None = None, ppi: float = 72.0
) -> tuple[bytes, ...]:
    """Return the pages of `write_pdf` as PNG, for a look."""
    return tuple(_laid_out(document, fonts, "png", ppi))


def face(fonts: Path | None = None) -> Face:
    """Return the typeface that a PDF gets here.

    Raises
    ------
    ExtraMissingError, FontMissingError
        As for `write_pdf`.
    """
    if typst is None:
        raise ExtraMissingError(extra="report", needed_for="a PDF")
    there = {one.family: one for one in reversed(_faces(fonts))}
    # a folder that the user names may hold a typeface that nobody knows
    known = [one for one in FAMILIES if one in there]
    own = sorted(one for one, told in there.items() if fonts and told.path)
    chosen = next(iter((*known, *own)), None)
    if chosen is None:
        where = f"in {fonts}" if fonts else "on this machine"
        raise FontMissingError(where=where)
    return Face(chosen, _hashed(there[chosen].path))


def _faces(fonts: Path | None) -> list[typst.FontInfo]:
    """Return the regular faces that Typst finds, in order of file and place."""
    found = _found(fonts).fonts()
    regular = (one for one in found if one.style == "normal")
    return sorted(regular, key=lambda one: (abs(one.weight - _REGULAR), str(one.path)))


@cache
def _found(fonts: Path | None) -> typst.Fonts:
    """Look for fonts; a machine has hundreds, so once a process."""
    paths = [fonts] if fonts else []
    return typst.Fonts(include_system_fonts=fonts is None, font_paths=paths)


def _hashed(path: str | None) -> str:
    if path is None:
        return ""
    file = Path(path)
    with file.open("rb") as stream:
        start = stream.read(_MOST_BYTES)
    told = start + str(file.stat().st_size).encode()
    return hashlib.sha256(told).hexdigest()[:12]


@dataclass(frozen=True, slots=True)
class _At:
    """Where a block is printed: number of its caption, language, folder of pictures."""

    number: int
    lang: Lang
    folder: Path


def _laid_out(
    document: Document,
    fonts: Path | None,
    form: Literal["pdf", "png"],
    ppi: float | None = None,
) -> list[bytes]:
    """Return what Typst makes of a document: a file, or a picture a page."""
    family = face(fonts).family
    midnight = dt.datetime.combine(document.on, dt.time(), dt.UTC)
    with tempfile.TemporaryDirectory(prefix="redline-pdf-") as name:
        folder = Path(name)
        data = _data(document, folder) | {"fonts": [family, MONO], "mono": MONO}
        text = json.dumps(data, ensure_ascii=False)
        (folder / _DATA).write_text(text, encoding="utf-8")
        main = folder / "main.typ"
        main.write_bytes(_TEMPLATE.read_bytes())
        maker = typst.Compiler(
            input=main, root=folder, font_paths=_found(fonts), package_path=folder
        )
        time = int(midnight.timestamp())
        made = maker.compile(format=form, ppi=ppi, timestamp=time)
    return made if isinstance(made, list) else [made or b""]


def _data(document: Document, folder: Path) -> dict[str, Any]:
    """Return a document as plain values; its pictures are put into the folder."""
    lang = document.lang
    mark, last = "\x01", "\x02"
    before, _, rest = say("print.page", lang, page=mark, pages=last).partition(mark)
    between, _, after = rest.partition(last)
    return {
        "title": _shown(document.title),
        "subtitle": _shown(document.subtitle),
        "owner": _shown(document.owner),
        "running": _shown(document.running),
        "page": [before, between, after],
        "lang": lang,
        "blocks": [
            {
                "kind": type(one).__name__.lower(),
                **_block(one, _At(number, lang, folder)),
            }
            for one, number in numbered(document.blocks)
        ],
    }


@singledispatch
def _block(block: Block, _at: _At) -> dict[str, Any]:
    """Return a block as plain values."""
    msg = f"no way to print a {type(block).__name__}"
    raise TypeError(msg)


@_block.register(Heading)
def _(block: Heading, _at: _At) -> dict[str, Any]:
    return {"text": _words(block.text), "level": block.level}


@_block.register(Paragraph)
def _(block: Paragraph, _at: _At) -> dict[str, Any]:
    return {"text": _words(block.text), "sort": block.sort}


@_block.register(Items)
def _(block: Items, _at: _At) -> dict[str, Any]:
    return {"items": [_words(one) for one in block.items], "ordered": block.ordered}


@_block.register(Pairs)
def _(block: Pairs, _at: _At) -> dict[str, Any]:
    return {"pairs": [[_words(one), _words(other)] for one, other in block.pairs]}


@_block.register(Grid)
def _(block: Grid, at: _At) -> dict[str, Any]:
    return {
        "caption": _caption("table", at, block.title),
        "headings": [_shown(one.heading) for one in block.columns],
        "widths": [one.width for one in block.columns],
        "numbers": [one.number for one in block.columns],
        "rows": [[_words(one) for one in row] for row in block.rows],
        "remark": _shown(block.remark),
    }


@_block.register(Figure)
def _(block: Figure, at: _At) -> dict[str, Any]:
    name = f"figure-{at.number}.{'png' if block.svg is None else 'svg'}"
    (at.folder / name).write_bytes(block.png if block.svg is None else block.svg)
    return {
        "file": name,
        "caption": _caption("figure", at, block.title),
        "alt": visible(block.alt),
        "width": min(block.width_mm, TEXT_WIDTH_MM),
        "fills": block.fills,
    }


@_block.register(Quote)
def _(block: Quote, _at: _At) -> dict[str, Any]:
    return {"text": _words(block.text), "source": _words(block.source)}


@_block.register(Blanks)
def _(block: Blanks, _at: _At) -> dict[str, Any]:
    labels = [_shown(one) for one in block.labels] + [""] * (len(block.labels) % 2)
    return {"labels": labels, "lines": len(labels) // 2, "rows": block.rows}


@_block.register(PageBreak)
def _(_block: PageBreak, _at: _At) -> dict[str, Any]:
    return {}


def _caption(what: str, at: _At, title: str) -> str:
    number = say(f"print.{what}", at.lang, number=str(at.number))
    return f"{number}  {_shown(title)}"


def _shown(text: str) -> str:
    """Return a text as typefaces can show it: few have the pictures of controls."""
    return _PICTURES.sub("\ufffd", visible(text))


def _words(text: Text) -> list[dict[str, str | None]]:
    """Return a text as Typst prints it: words, look, ink."""
    return [
        {
            "text": _shown(one.text),
            "look": one.look,
            "ink": OUTCOME_COLOUR[one.outcome] if one.outcome else None,
        }
        for one in spans(text)
    ]
