"""Fields, evidence, links and reporters of a case."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

from spatial.ledger import tables
from spatial.ledger.chain import canonical, normal
from spatial.ledger.desk import Desk
from spatial.ledger.errors import RefusedError
from spatial.ledger.model import EVIDENCE_KINDS, LINK_KINDS
from spatial.ledger.projection import AMENDABLE, DATES, field_value
from spatial.ledger.shapes import hash_of

if TYPE_CHECKING:
    from spatial.ledger.model import Evidence, Link

_TEXTS = AMENDABLE - DATES - {"zones", "priority", "kind"}


class Papers(Desk):
    """Entries that leave the state of a case as it is."""

    # -- fields -----------------------------------------------------------

    def amend(
        self,
        case_id: str,
        field: str,
        value: object,
        *,
        why: str = "",
        run_id: str | None = None,
    ) -> int | None:
        """Set a field of a case; return the number of the event, None for none.

        What a person sets is locked: a later run that says otherwise leaves a conflict
        and changes nothing. A person's next amendment settles it.

        Parameters
        ----------
        case_id, field
            A column of `AMENDABLE`, or ``facts.<name>``.
        value
            JSON; days as ``date`` or text; zones as rows of kind, id, name, m2.
        why
            Persons have to say it.
        run_id
            The run whose value it is; None for a person.
        """
        self._need("amend" if run_id is None else "see", case_id)
        row = self._living(case_id, "amend")
        new = self._amendable(case_id, field, value)
        old = field_value(row, field)
        if run_id is None:
            self._need_reason(case_id, field, old=old, new=new, why=why)
        elif canonical(old) == canonical(new):
            return None
        elif f'"{field}":' in row["locked"]:
            payload = {"field": field, "kept": old, "run_value": new, "run_id": run_id}
            return self.pending.append(case_id, "conflict", payload, why=why)
        payload = {"field": field, "old": old, "new": new, "run_id": run_id}
        return self.pending.append(case_id, "amended", payload, why=why)

    def _amendable(self, case_id: str, field: str, value: object) -> object:
        """Return a value as the payload holds it, or refuse it."""
        lacks: list[str] = []
        plain: Any = value.isoformat() if isinstance(value, dt.date) else value
        steps = self.rules.lifecycle.steps
        if field == "zones":
            plain = [list(one) for one in plain]
        if field not in AMENDABLE and not field.startswith("facts."):
            known = ", ".join(sorted(AMENDABLE))
            lacks.append(f"expected a field {known} or facts.<name>, got {field!r}")
        elif field == "supervision_step" and plain not in steps:
            lacks.append(f"expected a step {', '.join(steps)}, got {plain!r}")
        elif field in DATES and not _is_day(plain):
            lacks.append(f"expected a day YYYY-MM-DD, got {plain!r}")
        elif field == "priority" and isinstance(plain, str):
            lacks.append(f"expected a number, got {plain!r}")
        elif field in _TEXTS and not isinstance(plain, str):
            lacks.append(f"expected a text, got {plain!r}")
        if lacks:
            raise RefusedError(case_id=case_id, what="amend", lacks=tuple(lacks))
        return normal(plain) if isinstance(plain, str) else plain

    def _need_reason(
        self, case_id: str, field: str, *, old: object, new: object, why: str
    ) -> None:
        """Refuse a person's amendment without a reason; the next step needs none."""
        if why.strip():
            return
        steps = list(self.rules.lifecycle.steps)
        if field == "supervision_step":
            at = steps.index(str(old)) if old in steps else -1
            if steps.index(str(new)) == at + 1:
                return
        lacks = ("a reason (why) is missing",)
        raise RefusedError(case_id=case_id, what=f"amend {field}", lacks=lacks)

    # -- evidence and links -----------------------------------------------

    def attach(self, case_id: str, evidence: Evidence, *, why: str = "") -> int:
        """Attach what proves something; return its number."""
        self._need("attach", case_id)
        self._living(case_id, "attach")
        lacks = self._evidence_lacks(evidence)
        if lacks:
            raise RefusedError(case_id=case_id, what="attach", lacks=tuple(lacks))
        payload = {
            "kind": evidence.kind,
            "name": evidence.name,
            "media_type": evidence.media_type,
            "sha256": evidence.sha256,
            "size": evidence.size,
            "inside": evidence.content is not None,
            "path": evidence.path,
            "taken_on": evidence.taken_on.isoformat() if evidence.taken_on else None,
            "lon": evidence.lon,
            "lat": evidence.lat,
            "note": evidence.note,
        }
        seq = self.pending.append(case_id, "evidence", payload, why=why)
        if evidence.content is not None:
            self.pending.keep(evidence.sha256, evidence.content)
        return seq

    def _evidence_lacks(self, evidence: Evidence) -> list[str]:
        """Return what an evidence lacks."""
        lacks = []
        placed = evidence.lon is not None and evidence.lat is not None
        if evidence.kind not in EVIDENCE_KINDS:
            lacks.append(f"expected a kind {', '.join(EVIDENCE_KINDS)}")
        if evidence.kind == "field_coordinates" and not placed:
            lacks.append("coordinates are missing")
        if evidence.kind != "field_coordinates" and not evidence.sha256:
            lacks.append("a file with its SHA-256 is missing")
        if evidence.content is not None:
            if hash_of(evidence.content) != evidence.sha256:
                lacks.append("the SHA-256 is not that of the content")
            if len(evidence.content) > self.rules.evidence_limit:
                limit = self.rules.evidence_limit
                lacks.append(
                    f"{len(evidence.content)} bytes, at most {limit} lie in the ledger;"
                    " leave the file outside"
                )
        return lacks

    def link(self, case_id: str, link: Link, *, why: str = "") -> int:
        """Link a case with a permit, a review, a penalty; return the link's number."""
        self._need("link", case_id)
        self._living(case_id, "link")
        if link.kind not in LINK_KINDS or not link.target:
            lacks = (f"expected a target and a kind {', '.join(LINK_KINDS)}",)
            raise RefusedError(case_id=case_id, what="link", lacks=lacks)
        payload = {
            "kind": link.kind,
            "target": link.target,
            "relation": link.relation,
            "facts": dict(link.facts),
        }
        return self.pending.append(case_id, "linked", payload, why=why)

    def unlink(self, case_id: str, link: int, *, why: str) -> int:
        """Take a link back; it stays in the history."""
        self._need("link", case_id)
        rows = self.pending.children(tables.links, case_id)
        if not any(one["seq"] == link and one["unlinked_seq"] is None for one in rows):
            lacks = (f"the case has no link {link} in force",)
            raise RefusedError(case_id=case_id, what="unlink", lacks=lacks)
        return self.pending.append(case_id, "unlinked", {"link": link}, why=why)

    def erase(self, case_id: str, *, why: str) -> int:
        """Empty what is known of the reporters of a case; their hashes mean nothing.

        Raises
        ------
        RefusedError
            There is nobody to erase, or no reason is given.
        """
        self._need("erase", case_id)
        row = self.pending.row(case_id)
        lacks = []
        if not row["reporters"]:
            lacks.append("the case has no reporter")
        if not why.strip():
            lacks.append("a reason (why) is missing")
        if lacks:
            raise RefusedError(case_id=case_id, what="erase", lacks=tuple(lacks))
        self.pending.erase(case_id)
        return self.pending.append(case_id, "erased", {}, why=why)


def _is_day(value: object) -> bool:
    """Say whether a value is a day in ISO form, or none."""
    if value is None:
        return True
    try:
        return dt.date.fromisoformat(str(value)).isoformat() == value
    except ValueError:
        return False
