"""A run or a list is entered: matched to known cases, in one transaction or not at all.

    run folder --+
                 +-- Batch -- match -- open, see, reopen, amend, link -- one commit
    listing -----+

Matching is done while nobody else can write, against the cases as they stood before the
run. Nothing known is issued again as new, and a run entered twice changes nothing.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from spatial.ledger.entered_run import parts_of_run
from spatial.ledger.entering_desk import EnteringDesk
from spatial.ledger.entering_model import Batch, Entered
from spatial.ledger.matching import load_settings

if TYPE_CHECKING:
    from collections.abc import Collection

    from layers.text import Lang
    from spatial.ledger.ledger import Ledger
    from spatial.ledger.matching import MatchSettings

__all__ = ["Batch", "Entered", "enter"]


def enter(
    ledger: Ledger,
    batch: Batch,
    *,
    settings: MatchSettings | None = None,
    only: Collection[str] | None = None,
    lang: Lang = "zh",
) -> Entered:
    """Enter a run or a list.

    Parameters
    ----------
    ledger
        Open for somebody who may enter.
    batch
        What is to be entered.
    settings
        What makes a clue a case; ``settings.yaml`` if not given.
    only
        These clues of the run alone; the others may follow. The cases are the same in
        the end. Absences are looked at when the last part is in.
    lang
        Of the reasons that are written into the history.

    Returns
    -------
    Entered
        What was done. All of it is in the ledger, or, after an error, nothing.

    Raises
    ------
    RoleError
        The role may not enter.
    LedgerError
        The ledger cannot be written to.
    """
    chosen = settings or load_settings()
    with ledger.transaction() as writing:
        before = parts_of_run(writing, batch.run_id)
        names = {*batch.clues.index, *batch.placeless.index}
        wanted = names if only is None else names & set(only)
        todo = wanted - set(before.clues)
        last = names <= set(before.clues) | todo
        if not todo and (not last or writing.has_run(batch.run_id)):
            return _nothing(batch, skipped=len(wanted))
        desk = EnteringDesk(writing, batch, before, lang=lang)
        desk.enter(sorted(todo), chosen)
        if last:
            desk.look_for_the_rest(chosen)
        desk.note_run(todo, whole=last, settings=chosen)
        return desk.entered(skipped=len(wanted) - len(todo))


def _nothing(batch: Batch, *, skipped: int) -> Entered:
    none = pd.DataFrame(columns=["clue_id", "case_id", "relation", "why"])
    return Entered(
        batch.run_id, was_entered=True, opened={}, seen=none,
        unseen=none.drop(columns="clue_id"), reopened=(), conflicts=(), skipped=skipped,
    )  # fmt: skip
