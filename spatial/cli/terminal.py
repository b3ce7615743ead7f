"""What every command shares: language, errors, sentences and tables on a terminal."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, cast
from unicodedata import east_asian_width

import click

from layers.errors import ToolkitError
from spatial.text import LANGS, TEXTS

if TYPE_CHECKING:
    from collections.abc import Sequence

    from layers.text import Fact, Lang


class Redline(click.Group):
    """A group that prints a `ToolkitError` as a sentence and exits with 1.

    Anything else is a bug and shows its traceback.
    """

    def invoke(self, ctx: click.Context) -> object:
        """Run the command."""
        try:
            return super().invoke(ctx)
        except ToolkitError as error:
            click.echo(_sentence(error, language(ctx)), err=True)
            ctx.exit(1)


def _sentence(error: ToolkitError, lang: Lang) -> str:
    """Return what is printed of an error; under Chinese the original, to look up."""
    original = str(error)
    if lang == "en":
        return TEXTS.say("cli.error", lang=lang, why=original)
    from spatial.cli.phrases import in_chinese  # a catalogue to read, only at an error

    said = in_chinese(error)
    sentence = TEXTS.say("cli.error", lang=lang, why=said)
    if said == original:
        return sentence
    return f"{sentence}\n{TEXTS.say('cli.error_original', lang=lang, why=original)}"


def _remember(ctx: click.Context, _: click.Parameter, value: str) -> str:
    """Keep the language where an error finds it."""
    ctx.find_root().obj = value
    return value


lang_option = click.option(
    "--lang",
    type=click.Choice(LANGS),
    default="zh",
    show_default=True,
    is_eager=True,
    expose_value=False,
    callback=_remember,
    help="结果语言 / language of the results",
)


def language(ctx: click.Context | None = None) -> Lang:
    """Return the language of the running command."""
    ctx = ctx or click.get_current_context()
    return cast("Lang", ctx.find_root().obj or "zh")


def say(key: str, /, **facts: Fact) -> None:
    """Print a sentence."""
    click.echo(TEXTS.say(key, lang=language(), **facts))


def progress(key: str, /, **facts: Fact) -> None:
    """Print a step of long work on a terminal; stay silent in a pipe."""
    if sys.stderr.isatty():
        click.echo(TEXTS.say(key, lang=language(), **facts), err=True)


def remark(key: str, /, **facts: Fact) -> None:
    """Print a sentence to stderr, in a pipe too."""
    click.echo(TEXTS.say(key, lang=language(), **facts), err=True)


def outcome_word(outcome: str) -> str:
    """Return the word for an outcome."""
    return TEXTS.say(f"report.outcome.{outcome}", lang=language())


def table(keys: Sequence[str], rows: Sequence[Sequence[object]]) -> None:
    """Print rows in columns as wide as their widest cell (a Chinese sign is two).

    Parameters
    ----------
    keys
        Texts ``cli.header.<key>`` of the columns.
    rows
        Cells; None is printed as nothing.
    """
    heading = [TEXTS.say(f"cli.header.{key}", lang=language()) for key in keys]
    cells = [heading, *([plain(cell) for cell in row] for row in rows)]
    widths = [max(_width(row[at]) for row in cells) for at in range(len(keys))]
    for row in cells:
        parts = (padded(cell, width) for cell, width in zip(row, widths, strict=True))
        click.echo("  ".join(parts).rstrip())


def plain(value: object) -> str:
    """Return a value on one line, without signs that could steer a terminal."""
    text = "" if value is None else str(value)
    return "".join(sign if sign.isprintable() else " " for sign in text)


def padded(text: str, width: int) -> str:
    """Return a text filled up with blanks to a width on the terminal."""
    return text + " " * (width - _width(text))


def _width(text: str) -> int:
    return sum(2 if east_asian_width(sign) in "WF" else 1 for sign in text)
