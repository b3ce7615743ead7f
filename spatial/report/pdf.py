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
import tempfile
from dataclasses import dataclass
from functools import cache, singledispatch
from pathlib import Path
from typing import TYPE_CHECKING, Any

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
MONO = "DejaVu Sans Mono"  # within Typst itself
_TEMPLATE = Path(__file__).parent / "templates" / "document.typ"
_DATA = "document.json"
_MOST_BYTES = 1 << 16  # of a font file that are hashed: names and tables stand first


class FontMissingError(ToolkitError, LookupError):
    """No typeface with Chinese signs was found, and a PDF needs one."""

    def __init__(self, *, where: str) -> None:
        self.where = where
        self.expected = FAMILIES
        self.todo = (
            "install one (Debian, Ubuntu: apt install fonts-noto-cjk), or put a font"
            " file (.ttf, .otf, .ttc) into a folder and name it with --fonts"
        )
        super().__init__(
            f"a PDF: expected a typeface with Chinese signs (such as"
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
    path.write_bytes(_laid_out(document, fonts, "pdf"))


def pdf_pictures(
    document: Document, *, fonts: Path | None = None, ppi: float = 72.0
) -> tuple[bytes, ...]:
    """Return the pages of `write_pdf` as PNG, for a look."""
    made = _laid_out(document, fonts, "png", ppi=ppi)
    return tuple(made) if isinstance(made, list) else (made,)


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


def _faces(fonts: Path | None) -> list[Any]:
    """Return the regular faces that Typst finds, in order of file and place."""
    found = _found(fonts).fonts()
    regular = (one for one in found if one.style == "normal")
    return sorted(regular, key=lambda one: (abs(one.weight - 400), str(one.path)))


@cache
def _found(fonts: Path | None) -> Any:
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


def _laid_out(document: Document, fonts: Path | None, form: str, **more: Any) -> Any:
    """Return what Typst makes of a document."""
    family = face(fonts).family
    midnight = dt.datetime.combine(document.on, dt.time(), dt.UTC)
    with tempfile.TemporaryDirectory(prefix="redline-pdf-") as name:
        folder = Path(name)
        data = _data(document, folder) | {"fonts": [family], "mono": MONO}
        text = json.dumps(data, ensure_ascii=False)
        (folder / _DATA).write_text(text, encoding="utf-8")
        main = folder / "main.typ"
        main.write_bytes(_TEMPLATE.read_bytes())
        maker = typst.Compiler(
            input=main, root=folder, font_paths=_found(fonts), package_path=folder
        )
        return maker.compile(format=form, timestamp=int(midnight.timestamp()), **more)


def _data(document: Document, folder: Path) -> dict[str, Any]:
    """Return a document as plain values; its pictures are put into the folder."""
    lang = document.lang
    mark, last = "\x01", "\x02"
    before, _, rest = say("print.page", lang, page=mark, pages=last).partition(mark)
    between, _, after = rest.partition(last)
    return {
        "title": visible(document.title),
        "subtitle": visible(document.subtitle),
        "owner": visible(document.owner),
        "running": visible(document.running),
        "page": [before, between, after],
        "lang": lang,
        "blocks": [
            {"kind": type(one).__name__.lower(), **_block(one, number, lang, folder)}
            for one, number in numbered(document.blocks)
        ],
    }


@singledispatch
def _block(block: Block, number: int, lang: Lang, folder: Path) -> dict[str, Any]:
    """Return a block as plain values."""
    raise NotImplementedError(type(block))


@_block.register(Heading)
def _(block: Heading, number: int, lang: Lang, folder: Path) -> dict[str, Any]:
    return {"text": _words(block.text), "level": block.level}


@_block.register(Paragraph)
def _(block: Paragraph, number: int, lang: Lang, folder: Path) -> dict[str, Any]:
    return {"text": _words(block.text), "sort": block.sort}


@_block.register(Items)
def _(block: Items, number: int, lang: Lang, folder: Path) -> dict[str, Any]:
    return {"items": [_words(one) for one in block.items], "ordered": block.ordered}


@_block.register(Pairs)
def _(block: Pairs, number: int, lang: Lang, folder: Path) -> dict[str, Any]:
    return {"pairs": [[_words(one), _words(other)] for one, other in block.pairs]}


@_block.register(Grid)
def _(block: Grid, number: int, lang: Lang, folder: Path) -> dict[str, Any]:
    return {
        "caption": _caption("table", number, block.title, lang),
        "headings": [visible(one.heading) for one in block.columns],
        "widths": [one.width for one in block.columns],
        "numbers": [one.number for one in block.columns],
        "rows": [[_words(one) for one in row] for row in block.rows],
        "remark": visible(block.remark),
    }


@_block.register(Figure)
def _(block: Figure, number: int, lang: Lang, folder: Path) -> dict[str, Any]:
    name = f"figure-{number}.{'png' if block.svg is None else 'svg'}"
    (folder / name).write_bytes(block.png if block.svg is None else block.svg)
    return {
        "file": name,
        "caption": _caption("figure", number, block.title, lang),
        "alt": visible(block.alt),
        "width": min(block.width_mm, TEXT_WIDTH_MM),
    }


@_block.register(Quote)
def _(block: Quote, number: int, lang: Lang, folder: Path) -> dict[str, Any]:
    return {"text": _words(block.text), "source": _words(block.source)}


@_block.register(Blanks)
def _(block: Blanks, number: int, lang: Lang, folder: Path) -> dict[str, Any]:
    labels = [visible(one) for one in block.labels] + [""] * (len(block.labels) % 2)
    return {"labels": labels, "lines": len(labels) // 2, "rows": block.rows}


@_block.register(PageBreak)
def _(block: PageBreak, number: int, lang: Lang, folder: Path) -> dict[str, Any]:
    return {}


def _caption(what: str, number: int, title: str, lang: Lang) -> str:
    return visible(f"{say(f'print.{what}', lang, number=str(number))}  {title}")


def _words(text: Text) -> list[dict[str, str | None]]:
    """Return a text as Typst prints it: words, look, ink."""
    return [
        {
            "text": one.text,
            "look": one.look,
            "ink": OUTCOME_COLOUR[one.outcome] if one.outcome else None,
        }
        for one in spans(text)
    ]
