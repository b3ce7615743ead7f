"""A clause of a source text, as the register knows it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from spatial.policy.model import Document

Group = Literal["siting", "activity", "monitoring", "ledger", "data"]
GROUPS: tuple[Group, ...] = ("siting", "activity", "monitoring", "ledger", "data")
RULED: tuple[Group, ...] = ("siting", "activity")
"""Groups whose clauses are met by rules and by nothing else."""

State = Literal["rule", "needs_setting", "monitoring", "ledger", "data", "open"]
STATES: tuple[State, ...] = (
    "rule",
    "needs_setting",
    "monitoring",
    "ledger",
    "data",
    "open",
)
MET: tuple[State, ...] = ("rule", "needs_setting", "data")
"""States of clauses that the product meets, at least in part."""


@dataclass(frozen=True, slots=True)
class Region:
    """Where a clause is meant to apply, in the words of its text.

    Attributes
    ----------
    title
        By language.
    adcodes
        Six digits; ``150000`` holds every code that begins with ``15``.
    """

    title: Mapping[str, str]
    adcodes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Clause:
    """A clause and what is stated of it; what can be derived is not stated.

    Attributes
    ----------
    id, group
        As in the list of clauses, for example ``NM14-S29`` and ``siting``.
    document
        The text it stands in.
    article
        ``第三章第一节``, ``第九章专栏8``, ``五、（十四）``.
    title
        Ours, by language.
    quote
        To the character (blanks, line breaks and page marks of the source aside).
    region
        Its own where it names one, else that of the document.
    since, due
        Years or days as the text writes them (``2025``, ``2025-12-31``); "" and
        empty when it gives none. An indicator has the base year in `since`.
    layers
        Layer kinds of the catalogue, or names of ``wanted_layers.yaml``, that it
        speaks of.
    is_figure_open
        Whether the text leaves a threshold, a list or a way of measuring open, so
        that an office will have to set it.
    data
        Fields of layer kinds that hold what the clause wants, ``kind.field``; all
        of them exist.
    partly
        What of the clause is not met by the rules or data that it has, by language;
        empty when nothing is left out.
    done
        Which command does what the clause wants, by language; empty where none does.
        For clauses that no rule or field could meet. What it leaves out is in `partly`.
    helped
        Which command does a part of it, and which part, by language; empty where none
        does. For clauses that no rule or field could meet.
    path, line
        Where it stands in the register.
    """

    id: str
    group: Group
    document: Document
    article: str
    title: Mapping[str, str]
    quote: str
    region: Region
    since: str
    due: tuple[str, ...]
    layers: tuple[str, ...]
    is_figure_open: bool
    data: tuple[str, ...]
    partly: Mapping[str, str]
    done: Mapping[str, str]
    helped: Mapping[str, str]
    path: Path
    line: int


@dataclass(frozen=True, slots=True)
class Register:
    """The clauses of all texts, in the order of file names and of each file.

    Attributes
    ----------
    clauses
        Each id once.
    wanted
        Titles by language of the layers that clauses speak of and that the
        catalogue may not have.
    """

    clauses: tuple[Clause, ...]
    wanted: Mapping[str, Mapping[str, str]]
