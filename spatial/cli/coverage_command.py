"""``redline rules coverage``: each clause of the source texts, and how it is met."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from spatial.cli.terminal import lang_option, language, say, table
from spatial.text import TEXTS

if TYPE_CHECKING:
    from collections.abc import Sequence

    from spatial.policy.register.cover import Covered

# Written out, so that --help need not read the register; a test holds them together.
_GROUPS = ("siting", "activity", "monitoring", "ledger", "data")


@click.command()
@click.option(
    "--open", "only_open", is_flag=True, help="只列未落实的 / list open ones only"
)
@click.option(
    "--group",
    "groups",
    type=click.Choice(_GROUPS),
    multiple=True,
    help="只列这一类，可重复 / list this group only; may be repeated",
)
@click.option(
    "-o",
    "--out",
    type=click.Path(dir_okay=False, path_type=Path),
    help="写成 .xlsx、.csv 或 .json / write as .xlsx, .csv or .json",
)
@click.option(
    "--strict",
    is_flag=True,
    help="选址、活动类有未落实的即以 1 退出 / exit with 1 when a siting or activity"
    " clause is open",
)
@lang_option
@click.pass_context
def coverage(
    ctx: click.Context,
    *,
    only_open: bool,
    groups: tuple[str, ...],
    out: Path | None,
    strict: bool,
) -> None:
    """列出每一条款如何落实 / list how each clause of the source texts is met.

    The matrix clause x rule, setting, monitoring, ledger, data. A clause counts as a
    rule because a built-in rule answers for it and cites its article; monitoring and
    ledger are not built yet, or in part. The counts and the last line tell of all
    clauses, also where only some are listed.

    \b
    例 / example:
      redline rules coverage --open --group siting -o open.xlsx
    """
    from spatial.policy.load import builtin, load_rulebook
    from spatial.policy.register.cover import cover
    from spatial.policy.register.load import load_register
    from spatial.policy.register.model import RULED
    from spatial.report.coverage import refuse_suffix, total_line, write_coverage

    if out is not None:
        refuse_suffix(out)
    books = [load_rulebook(name) for name in builtin()]
    everything = cover(load_register(), books)
    listed = [
        one
        for one in everything
        if (not groups or one.clause.group in groups)
        and (not only_open or one.state == "open")
    ]
    _print_rows(listed)
    _print_counts(everything)
    if len(listed) != len(everything):
        say("coverage.listed", count=len(listed))
    say("coverage.partly", count=sum(one.is_partly for one in everything))
    click.echo(total_line(everything, language()))
    if out is not None:
        write_coverage(listed, out, everything=everything, lang=language())
        say("cli.results", folder=str(out))
    missed = [
        one for one in everything if one.clause.group in RULED and one.state == "open"
    ]
    if strict and missed:
        say("coverage.strict", count=len(missed))
        ctx.exit(1)


def _print_rows(listed: Sequence[Covered]) -> None:
    """Print the matrix: a line a clause, a column a way, the reasons last."""
    from spatial.policy.register.cover import WAYS
    from spatial.report.coverage import mark_words, why

    lang = language()
    keys = ("clause", *(f"way_{way}" for way in WAYS), "clause_title", "why")
    table(
        keys,
        [
            (
                one.clause.id,
                *mark_words(one, lang),
                one.clause.title[lang],
                why(one, lang),
            )
            for one in listed
        ],
    )
    click.echo()


def _print_counts(everything: Sequence[Covered]) -> None:
    """Print how many clauses of each group are in each state."""
    from spatial.policy.register.cover import counts
    from spatial.policy.register.model import STATES

    lang = language()
    found = counts(everything)
    table(
        ("clause_group", *(f"state_{state}" for state in STATES), "clauses"),
        [
            (
                TEXTS.say(f"coverage.group.{group}", lang=lang),
                *row.values(),
                sum(row.values()),
            )
            for group, row in found.items()
        ],
    )
    click.echo()
