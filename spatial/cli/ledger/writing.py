"""Commands that write to one case."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from spatial.cli.ledger.place import day, opened, where_argument, writer_options
from spatial.cli.terminal import lang_option, language, say
from spatial.text import TEXTS

if TYPE_CHECKING:
    import datetime as dt

    from spatial.ledger import Ledger
    from spatial.ledger.model import EvidenceKind

_KINDS = (
    *("photo", "document", "acceptance", "after_image", "field_coordinates"),
    *("statement", "other"),
)
case_argument = click.argument("case_id", metavar="CASE")
why_option = click.option("--why", default="", help="理由、依据 / reason")


def say_state(ledger: Ledger, case_id: str) -> None:
    """Print the state a case has come to, and the head of the ledger."""
    state = ledger.lifecycle.states[ledger.case(case_id).state]
    say("ledger.cli.now", case=case_id, state=state.title[language()])
    say("ledger.cli.head", head=str(ledger.head()))


@click.command()
@where_argument
@case_argument
@click.argument("step", metavar="MOVE")
@why_option
@writer_options
@lang_option
def move(
    where: str, case_id: str, step: str, *, why: str, name: str, role: str
) -> None:
    """办理：转核查、立案、下达整改、报验、销号等 / move a case to another state.

    MOVE is one of take, dismiss, file, order, report_done, reject, close, recur,
    recheck, suspend, resume. A move that lacks evidence, a field, a reason or the role
    is refused with what lacks; `redline ledger show` tells it beforehand.

    \b
    例 / example:
      redline ledger move ledger.gpkg 2026-150624-000001 take
    """
    ledger = opened(where, name, role)
    with ledger.transaction() as writing:
        if step == "suspend":
            writing.suspend(case_id, why=why)
        elif step == "resume":
            writing.resume(case_id, why=why)
        else:
            writing.move(case_id, step, why=why)
    say_state(ledger, case_id)


@click.command()
@where_argument
@case_argument
@click.argument("fields", nargs=-1, required=True, metavar="FIELD=VALUE...")
@why_option
@writer_options
@lang_option
def amend(
    where: str, case_id: str, fields: tuple[str, ...], *, why: str, name: str, role: str
) -> None:
    """填写或更正字段 / set fields of a case; later runs cannot overwrite them.

    Fields are those of the case (responsible, measure, penalty_doc, kind, due_on ...)
    or facts.<name> for further ones.

    \b
    例 / example:
      redline ledger amend ledger.gpkg 2026-150624-000001 responsible=某公司 \\
        --why 现场查明
    """
    pairs = []
    for one in fields:
        field, given, value = one.partition("=")
        if not given:
            raise click.BadParameter(TEXTS.say("ledger.cli.no_equals", lang=language()))
        pairs.append((field, value))
    ledger = opened(where, name, role)
    with ledger.transaction() as writing:
        for field, value in pairs:
            number = float(value) if field == "priority" else value
            writing.amend(case_id, field, number, why=why)
    say_state(ledger, case_id)


@click.command()
@where_argument
@case_argument
@click.argument(
    "file", required=False, type=click.Path(exists=True, dir_okay=False, path_type=Path)
)
@click.option("--kind", type=click.Choice(_KINDS), required=True, help="种类 / kind")
@click.option("--taken-on", type=day, help="拍摄或签署日期 / day taken or signed")
@click.option("--at", type=(float, float), metavar="LON LAT", help="位置（度）/ place")
@click.option("--note", default="", help="说明 / note")
@click.option(
    "--outside",
    is_flag=True,
    help="文件留在原处，只记哈希 / leave the file where it is",
)
@writer_options
@lang_option
def attach(
    where: str,
    case_id: str,
    file: Path | None,
    *,
    kind: EvidenceKind,
    taken_on: dt.datetime | None,
    at: tuple[float, float] | None,
    note: str,
    outside: bool,
    name: str,
    role: str,
) -> None:
    """补充佐证材料 / attach evidence: a photo, a document, an image, coordinates.

    \b
    例 / example:
      redline ledger attach ledger.gpkg 2026-150624-000001 site.jpg \\
        --kind photo --taken-on 2026-05-02
    """
    from spatial.ledger import Evidence, evidence_file

    lon, lat = at or (None, None)
    taken = taken_on.date() if taken_on else None
    evidence = (
        Evidence(kind, note or kind, taken_on=taken, lon=lon, lat=lat, note=note)
        if file is None
        else evidence_file(
            file,
            kind=kind,
            taken_on=taken,
            lon=lon,
            lat=lat,
            note=note,
            where="outside" if outside else "inside",
        )
    )
    ledger = opened(where, name, role)
    with ledger.transaction() as writing:
        writing.attach(case_id, evidence)
    say("ledger.cli.attached", case=case_id, what=evidence.name)
    say("ledger.cli.head", head=str(ledger.head()))


@click.command()
@where_argument
@case_argument
@click.option("--to", "department", required=True, help="接收部门 / who receives it")
@click.option("--clause", required=True, help="依据条款 / the clause it rests upon")
@click.option("--due", type=day, required=True, help="反馈期限 / answer by")
@why_option
@writer_options
@lang_option
def transfer(
    where: str,
    case_id: str,
    *,
    department: str,
    clause: str,
    due: dt.datetime,
    why: str,
    name: str,
    role: str,
) -> None:
    """移交其他部门 / hand a case to another department, with a day for the answer.

    \b
    例 / example:
      redline ledger transfer ledger.gpkg 2026-150624-000001 --to 林草局 \\
        --clause NM14-L03 --due 2026-06-30 --why 职责分工
    """
    from spatial.ledger import Transfer

    ledger = opened(where, name, role)
    with ledger.transaction() as writing:
        writing.transfer(case_id, Transfer(department, clause, due.date()), why=why)
    say_state(ledger, case_id)


@click.command()
@where_argument
@case_argument
@click.argument("text")
@writer_options
@lang_option
def answer(where: str, case_id: str, text: str, *, name: str, role: str) -> None:
    """登记移交反馈 / enter the answer to a transfer.

    \b
    例 / example:
      redline ledger answer ledger.gpkg 2026-150624-000001 已受理
    """
    ledger = opened(where, name, role)
    with ledger.transaction() as writing:
        writing.answer(case_id, text)
    say_state(ledger, case_id)
