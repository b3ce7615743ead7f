"""``redline ledger show``: everything that is known of a case."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from spatial.cli.ledger.place import opened, reader_options, where_argument
from spatial.cli.ledger.reading import as_json, cell_of
from spatial.cli.terminal import lang_option, language, table
from spatial.text import TEXTS

if TYPE_CHECKING:
    from spatial.ledger import Case, Ledger
    from spatial.ledger.export.rows import Line

_CASE_FIELDS = (
    *("state", "title", "source", "kind", "county", "county_name", "zones", "rule"),
    *("area_m2", "area_mu", "lon_dms", "lat_dms", "found_on", "last_seen", "filed_on"),
    *("responsible", "department", "measure", "due_on", "days_left"),
    *("supervision_step", "transferred_to", "transfer_due_on", "transfer_answer"),
    *("penalty_doc", "public_result", "closed_on", "closed_with_image"),
    *("reopened_count", "merged_into", "split_from"),
)


@click.command()
@where_argument
@click.argument("case_id", metavar="CASE")
@click.option(
    "--format", "form", type=click.Choice(["table", "json"]), default="table",
    show_default=True, help="输出形式 / form of the output",
)  # fmt: skip
@reader_options
@lang_option
def show(where: str, case_id: str, *, form: str, name: str, role: str) -> None:
    """查看一个案件的全部记录 / everything that is known of a case.

    \b
    例 / example:
      redline ledger show ledger.gpkg 2026-150624-000001
    """
    from spatial.ledger import CaseFilter
    from spatial.ledger.export.rows import lines

    ledger = opened(where, name, role)
    case = ledger.case(case_id)
    if form == "json":
        click.echo(as_json(_case_told(case)))
        return
    frame = ledger.cases(CaseFilter(case_ids=(case_id,)))
    (line,) = lines(ledger, frame, on=ledger.today(), lang=language())
    _print_fields(line)
    _print_history(case)
    _print_rest(case)
    _print_moves(ledger, case)


def _case_told(case: Case) -> dict[str, object]:
    """Return a case for other programs."""
    shape = case.geometry
    return {
        "case_id": case.case_id,
        **{k: v for k, v in case.fields.items() if k != "person_hash"},
        "wkt": shape.wkt if shape is not None else None,
        "events": [
            {
                **{k: getattr(one, k) for k in ("seq", "at", "actor", "role", "kind")},
                **{
                    k: getattr(one, k)
                    for k in ("from_state", "to_state", "why", "hash")
                },
            }
            for one in case.events
        ],
        "evidence": list(case.evidence),
        "sightings": [
            {k: v for k, v in one.items() if k != "geometry"} for one in case.sightings
        ],
        "links": list(case.links),
        "conflicts": list(case.conflicts),
        "next_moves": {name: list(lacks) for name, lacks in case.next_moves.items()},
    }


def _print_fields(line: Line) -> None:
    """Print what is known of the case itself."""
    from spatial.ledger.export.forms import load_form
    from spatial.ledger.export.rows import value

    titles = {one.value: one.title[language()] for one in load_form().columns}
    rows = [
        (titles.get(name, name), cell_of(name, cell))
        for name in _CASE_FIELDS
        if (cell := value(line, name)) is not None
    ]
    table(("ledger_field", "ledger_value"), [(line.case_id, ""), *rows])
    click.echo()


def _print_history(case: Case) -> None:
    """Print the events, one a line."""
    lang = language()
    rows = [
        (
            one.seq,
            one.at[:19].replace("T", " "),
            one.actor,
            TEXTS.say(f"ledger.event.{one.kind}", lang=lang),
            _step(one.from_state, one.to_state),
            one.why,
        )
        for one in case.events
    ]
    heads = ("ledger_seq", "ledger_at", "ledger_actor", "ledger_event", "ledger_move")
    table((*heads, "why"), rows)
    click.echo()


def _step(old: str, new: str) -> str:
    """Return a change of state; nothing where there is none."""
    return f"{old} > {new}" if old != new else ""


def _print_rest(case: Case) -> None:
    """Print evidence, sightings and links where there are any."""
    if case.evidence:
        rows = [
            tuple(one[name] for name in ("seq", "kind", "name", "taken_on", "note"))
            for one in case.evidence
        ]
        heads = ("ledger_seq", "ledger_evidence", "ledger_name", "ledger_taken", "why")
        table(heads, rows)
        click.echo()
    if case.sightings:
        rows = [
            tuple(
                one[name]
                for name in ("seq", "seen_on", "relation", "clue_id", "run_id")
            )
            for one in case.sightings
        ]
        seen = ("ledger_seq", "ledger_seen", "ledger_relation", "ledger_clue")
        table((*seen, "ledger_run"), rows)
        click.echo()
    if case.links:
        rows = [
            tuple(one[name] for name in ("seq", "kind", "target", "relation"))
            for one in case.links
        ]
        table(("ledger_seq", "ledger_link", "ledger_name", "ledger_relation"), rows)
        click.echo()


def _print_moves(ledger: Ledger, case: Case) -> None:
    """Print what can be done next, and what it lacks."""
    lang = language()
    rows = [
        (name, ledger.lifecycle.moves[name].title[lang], "; ".join(lacks))
        for name, lacks in case.next_moves.items()
    ]
    if rows:
        table(("ledger_move", "ledger_title", "ledger_lacks"), rows)
