"""What every page has to say that is made from certain runs."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from sqlalchemy import select

from spatial.ledger import tables

if TYPE_CHECKING:
    from collections.abc import Iterable

    from spatial.ledger.ledger import Ledger


def notices_of(ledger: Ledger, run_ids: Iterable[str] | None = None) -> tuple[str, ...]:
    """Return the notices of some runs (None: all), each once, in order of entering.

    A run says that its zones are made up or derived; whoever prints a case of that run
    says it too. Lists and runs that were entered before notices were kept have none.
    """
    wanted = None if run_ids is None else set(run_ids) - {""}
    runs = tables.runs.c
    with ledger.store.reading() as connection:
        rows = connection.execute(select(runs.run_id, runs.facts).order_by(runs.seq))
        facts = [
            json.loads(told)
            for run_id, told in rows
            if wanted is None or run_id in wanted
        ]
    said = (str(one) for each in facts for one in each.get("notices", ()))
    return tuple(dict.fromkeys(said))
