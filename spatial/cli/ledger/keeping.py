"""``redline ledger verify`` and ``migrate``: the history itself."""

from __future__ import annotations

import click

from spatial.cli.ledger.place import (
    opened,
    place_of,
    reader_options,
    where_argument,
    writer_options,
)
from spatial.cli.terminal import lang_option, say


@click.command()
@where_argument
@click.option("--head", help="以前记下的校验值 / a head that was kept, seq:hash")
@reader_options
@lang_option
@click.pass_context
def verify(
    ctx: click.Context, where: str, *, head: str | None, name: str, role: str
) -> None:
    """核验历史未被改动 / check that the history was not changed.

    Reckons every hash again, plays every event again and compares each row. Exits
    with 1 when anything was edited, removed or put in another order, and names the
    first. Keep the head that it prints, outside the ledger: only with an earlier head
    can a tail that was cut off be found.

    \b
    例 / example:
      redline ledger verify ledger.gpkg
    """
    done = opened(where, name, role).verify(head=head)
    for fault in done.faults:
        click.echo(str(fault))
    for note in done.notes:
        click.echo(note)
    if done.faults:
        say("ledger.cli.changed", count=len(done.faults))
        ctx.exit(1)
    say("ledger.cli.whole", events=done.events, cases=done.cases)
    say("ledger.cli.head", head=done.head)


@click.command()
@where_argument
@writer_options
@lang_option
def migrate(where: str, *, name: str, role: str) -> None:
    """把旧版台账升级 / bring a ledger of an earlier version to this one.

    \b
    例 / example:
      redline ledger migrate ledger.gpkg
    """
    from spatial.ledger import Actor, migrate_ledger

    done = migrate_ledger(place_of(where), actor=Actor(name, role))
    say("ledger.cli.migrated", count=len(done))
