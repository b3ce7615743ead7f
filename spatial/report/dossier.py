"""What a list lacks, as a workbook."""

from __future__ import annotations

from typing import TYPE_CHECKING

from layers.dossier import filled_share
from spatial.report.columns import Column, Table
from spatial.report.excel import write_tables
from spatial.text import TEXTS

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Sequence
    from pathlib import Path

    from layers.dossier import Dossier, Gap
    from spatial.text import Lang

_GAPS = (
    *(Column("sheet_row", "count"), Column("entry"), Column("dossier_field")),
    *(Column("gap", "long"), Column("gap_value"), Column("gap_clauses")),
)
_FILLED = (Column("dossier_field"), Column("filled", "share"))


def write_gaps(
    found: Dossier, missing: Sequence[Gap], path: Path, *, on: dt.date, lang: Lang
) -> None:
    """Write what a list lacks: a sheet of gaps and one of shares.

    Parameters
    ----------
    found
        The list.
    missing
        From `layers.dossier.gaps`.
    path
        ``.xlsx``; an existing file is replaced.
    on
        Day of the check; it stands in the place of the clock.
    lang
        Language of headings and words.
    """
    titles = {one.name: one.title[lang] for one in found.spec.table.fields}
    gap_rows = tuple(
        (
            *(one.row, one.id, titles[one.field]),
            TEXTS.say(f"dossier.gap.{one.why}", lang=lang),
            *(one.value, " ".join(one.clauses)),
        )
        for one in missing
    )
    shares = tuple((titles[name], share) for name, share in filled_share(found).items())
    heading = TEXTS.say(
        "dossier.heading",
        lang=lang,
        title=found.spec.title[lang],
        source=found.source,
        sha256=found.sha256,
        on=str(on),
        rows=len(found.table),
    )
    write_tables(
        (Table("gaps", _GAPS, gap_rows), Table("filled", _FILLED, shares)),
        path,
        title=found.spec.title[lang],
        heading=heading,
        on=on,
        lang=lang,
    )
