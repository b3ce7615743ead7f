"""The life of a case: moves, suspension, transfer."""

from __future__ import annotations

from typing import TYPE_CHECKING

from spatial.ledger import lifecycle as life
from spatial.ledger import tables
from spatial.ledger.desk import Desk
from spatial.ledger.errors import MoveRefusedError, RefusedError, RoleError
from spatial.ledger.projection import day_of

if TYPE_CHECKING:
    from spatial.ledger.model import Transfer


class Moving(Desk):
    """Entries that change the state of a case, or who has it."""

    # -- the life of a case -----------------------------------------------

    def move(self, case_id: str, move: str, *, why: str = "") -> int:
        """Move a case to another state.

        Parameters
        ----------
        case_id
            The case.
        move
            Name of a move of ``lifecycle.yaml``.
        why
            In words; some moves want it.

        Raises
        ------
        MoveRefusedError
            The move is not foreseen from this state, the role may not make it, or
            evidence, fields or the reason are missing; `lacks` names each.
        """
        moves = self.rules.lifecycle.moves
        if move not in moves:
            unknown = f"expected a move {', '.join(moves)}, got {move!r}"
            raise MoveRefusedError(case_id=case_id, what=move, lacks=(unknown,))
        row, one = self.pending.row(case_id), moves[move]
        counting = self.counting(case_id, one)
        lacks = life.lacks(one, actor=self.actor, row=row, evidence=counting, why=why)
        if lacks:
            raise MoveRefusedError(case_id=case_id, what=move, lacks=lacks)
        payload = {
            "move": move,
            "suspended": None,
            "mark": one.mark,
            "with_image": "after_image" in counting,
            **self._due(one.to, day_of(self.pending.now())),
        }
        return self.pending.append(case_id, "moved", payload, to_state=one.to, why=why)

    def counting(self, case_id: str, move: life.Move) -> frozenset[str]:
        """Return the kinds of evidence that count for a move (see `Move.since`)."""
        if not move.needs:
            return frozenset()
        events = self.pending.events(case_id)
        rows = self.pending.children(tables.evidence, case_id)
        return life.counting(
            move,
            entered=((e["seq"], e["from_state"], e["to_state"]) for e in events),
            evidence=rows,
            last_seen=self.pending.row(case_id)["last_seen"],
        )

    def suspend(self, case_id: str, *, why: str) -> int:
        """Suspend a case: it keeps its state and is not overdue until resumed."""
        return self._suspended(case_id, "suspend", why=why)

    def resume(self, case_id: str, *, why: str) -> int:
        """Let a suspended case go on; its deadline is the old one."""
        return self._suspended(case_id, "resume", why=why)

    def _suspended(self, case_id: str, what: str, *, why: str) -> int:
        row = self._living(case_id, what)
        roles = self.rules.lifecycle.suspenders
        if self.actor.role not in roles:
            lacks = (f"expected a role of {', '.join(sorted(roles))}",)
            raise RoleError(case_id=case_id, what=what, lacks=lacks)
        found = []
        if row["suspended"] == (what == "suspend"):
            found.append("the case is so already")
        if not why.strip():
            found.append("a reason (why) is missing")
        if found:
            raise MoveRefusedError(case_id=case_id, what=what, lacks=tuple(found))
        payload = {"move": what, "suspended": what == "suspend"}
        return self.pending.append(case_id, "moved", payload, why=why)

    def transfer(self, case_id: str, transfer: Transfer, *, why: str) -> int:
        """Hand a case to another department, with all that the form asks for.

        Raises
        ------
        RefusedError
            A field of NM14-L03 is empty: problem, place, clause, department, reason.
        """
        self._need("transfer", case_id)
        row = self._living(case_id, "transfer")
        place = self.pending.shapes(case_id).footprint
        wanted = {
            "the title (problem)": row["title"],
            "the place (geometry)": place,
            "the clause": transfer.clause,
            "the department": transfer.to,
            "a reason (why)": why.strip(),
        }
        lacks = tuple(f"{name} is missing" for name, one in wanted.items() if not one)
        if lacks:
            raise RefusedError(case_id=case_id, what="transfer", lacks=lacks)
        payload = {
            "to": transfer.to,
            "clause": transfer.clause,
            "due_on": transfer.due_on.isoformat(),
            "title": row["title"],
            "area_m2": row["area_m2"],
            "shape_sha256": row["shape_sha256"],
            "answer": None,
        }
        return self.pending.append(case_id, "transferred", payload, why=why)

    def answer(self, case_id: str, answer: str, *, why: str = "") -> int:
        """Enter what the other department answered."""
        self._need("answer", case_id)
        row = self.pending.row(case_id)
        if not row["transferred_to"]:
            lacks = ("the case was not transferred",)
            raise RefusedError(case_id=case_id, what="answer", lacks=lacks)
        payload = {"answer": answer}
        return self.pending.append(case_id, "transferred", payload, why=why)
