"""From a spreadsheet of clauses to the skeleton of a rulebook.

    drafts = read_drafts("clauses.xlsx")
    text = skeleton(drafts, name="county", title="某县条款")

One row is one clause. What the sheet does not say, or says in words that are not
understood, is marked 待填 in such a way that the loader refuses the rulebook until
somebody has filled it in. Nothing is guessed: neither who is meant, nor what a case is
to come to.
"""

from spatial.policy.starter.drafts import Draft, read_drafts
from spatial.policy.starter.skeleton import MARK, skeleton

__all__ = ["MARK", "Draft", "read_drafts", "skeleton"]
