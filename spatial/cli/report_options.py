"""Which reports are written: ``review`` and ``report``."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from spatial.cli.terminal import remark

if TYPE_CHECKING:
    from collections.abc import Callable

# As in spatial.report.write.FORMATS; a test holds the two together. Help loads nothing.
FORMATS = ("xlsx", "html", "docx", "pdf")
_ALL = ",".join(FORMATS)


class Formats(click.ParamType["tuple[str, ...]"]):
    """Some formats between commas, each once, in the order of `FORMATS`."""

    name = "formats"

    def convert(
        self,
        value: str | tuple[str, ...],
        param: click.Parameter | None,
        ctx: click.Context | None,
    ) -> tuple[str, ...]:
        """Return the formats of a word; refuse one that nobody writes."""
        if isinstance(value, tuple):
            return value
        words = {part.strip() for part in value.split(",")} - {""}
        for one in sorted(words - set(FORMATS)):
            self.fail(f"{one!r} is none of {_ALL}", param, ctx)
        return tuple(one for one in FORMATS if one in words)


def report_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add ``--format``, ``--maps`` and ``--fonts`` to a command."""
    fonts = click.option(
        "--fonts",
        type=click.Path(file_okay=False, exists=True, path_type=Path),
        help="PDF 和地图只用此文件夹中的字体 / folder with the fonts of PDF and maps",
    )
    formats = click.option(
        "--format",
        "formats",
        type=Formats(),
        metavar="F,F",
        help=f"成果格式 / formats of the reports: {_ALL}",
    )
    maps = click.option(
        "--maps/--no-maps",
        default=None,
        help="Word 和 PDF 中是否放地图（默认放）/ whether Word and PDF hold maps (they"
        " do where maps can be drawn)",
    )
    return formats(maps(fonts(command)))


def maps_here(
    asked: bool | None,  # noqa: FBT001  as click hands it over
    formats: tuple[str, ...],
    fonts: Path | None,
    *,
    told: bool = True,
) -> bool:
    """Return whether Word and PDF are to hold maps: as asked, else if they can."""
    from spatial.report.printed import FORMATS as PRINTED
    from spatial.report.printed import missing

    if not set(PRINTED) & set(formats):
        return False
    if asked is not None:
        return asked
    lack = missing("maps", fonts)
    if lack is not None and told:
        remark("cli.maps_left_out", why=str(lack))
    return lack is None


def formats_here(fonts: Path | None, *, told: bool = True) -> tuple[str, ...]:
    """Return every format that can be written here; say why another is left out."""
    from spatial.report.printed import missing
    from spatial.report.write import FORMATS as FILES

    lacks = {one: missing(one, fonts) for one in FORMATS}
    for one, why in lacks.items():
        if why is not None and told:
            remark("cli.format_left_out", file=FILES[one], why=str(why))
    return tuple(one for one, why in lacks.items() if why is None)
