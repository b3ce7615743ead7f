"""Requirement: one row of an access list, and the list it stands in. Frozen values.

An *access list* (准入清单) says for each control unit what is required there, in four
dimensions. A requirement in words needs a person; one that also names industries and
an effect can be judged by a program. Files are read by `layers.accesslist`.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

from layers.provenance import Period
from layers.spec import fold, spec

if TYPE_CHECKING:
    from collections.abc import Mapping

    from layers.issue import DataIssue
    from layers.provenance import Provenance

Dimension = Literal[
    "spatial_constraint", "emission_control", "risk_control", "resource_efficiency"
]
DIMENSIONS: tuple[Dimension, ...] = (
    "spatial_constraint",
    "emission_control",
    "risk_control",
    "resource_efficiency",
)
"""In the order of the texts; each is a field of the layer kind ``control_unit``."""

ListedEffect = Literal["prohibited", "restricted", "allowed"]
"""What a requirement says of the industries that it names."""


def says_none(text: str, dimension: Dimension) -> bool:
    """Whether a text says that nothing is required, as opposed to saying nothing.

    Examples
    --------
    >>> says_none(" 无 ", "risk_control"), says_none("无组织排放须收集", "risk_control")
    (True, False)
    """
    return fold(text) in spec("control_unit").field(dimension).none_words


@dataclass(frozen=True, slots=True)
class Requirement:
    """One row of an access list.

    Attributes
    ----------
    access_list
        Id of the list.
    row
        Number of the row as a spreadsheet program shows it, from 1.
    unit
        Code of the control unit.
    dimension
        One of `DIMENSIONS`.
    text
        The words of the list, to the character.
    effect
        What follows for the industries named; None when the row does not say.
    industries
        GB/T 4754 codes (``26``, ``2614``), without section letters.
    every_industry
        The row names all industries instead of codes.
    """

    access_list: str
    row: int
    unit: str
    dimension: Dimension
    text: str
    effect: ListedEffect | None = None
    industries: tuple[str, ...] = ()
    every_industry: bool = False

    @property
    def states_none(self) -> bool:
        """Whether the row says that nothing is required."""
        return says_none(self.text, self.dimension)

    @property
    def can_be_judged(self) -> bool:
        """Whether a program can say if it applies: industries and an effect."""
        return self.effect is not None and (
            bool(self.industries) or self.every_industry
        )


@dataclass(frozen=True, slots=True)
class LostRow:
    """A row of an access list that is kept aside because it cannot be relied on.

    Attributes
    ----------
    row
        Number of the row, from 1.
    unit
        The unit it is about; None when that is what cannot be read: then it may be
        about any.
    reason
        Code of the `DataIssue` that says why.
    cells
        The row as it was, without blank cells at the end.
    """

    row: int
    unit: str | None
    reason: str
    cells: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class AccessList:
    """The requirements for the control units of one layer.

    Attributes
    ----------
    id
        Id in the workspace.
    layer
        Id of the layer of control units.
    title
        How the document is cited.
    provenance
        Where it comes from and when it is valid; it has no reference system. Rows in
        the file = rows kept + rows set aside, titles and repeated headings aside.
    requirements
        In the order of the rows; all kept rows.
    lost
        The rows that were set aside.
    issues
        What was found, of the whole list and of rows; `DataIssue.row` counts from 0
        as it does everywhere, the sentences say the number that people see.
    """

    id: str
    layer: str
    title: str
    provenance: Provenance
    requirements: tuple[Requirement, ...]
    lost: tuple[LostRow, ...] = ()
    issues: tuple[DataIssue, ...] = ()

    def by_unit(self) -> Mapping[str, tuple[Requirement, ...]]:
        """Return the requirements of each unit, in the order of the rows."""
        found: dict[str, list[Requirement]] = defaultdict(list)
        for one in self.requirements:
            found[one.unit].append(one)
        return {unit: tuple(ones) for unit, ones in found.items()}


@dataclass(frozen=True, slots=True)
class UnavailableList:
    """An access list that the workspace names but that could not be read.

    Attributes
    ----------
    id, layer, title
        As for `AccessList`.
    reason
        What went wrong, in words.
    valid
        When it would be valid, as the workspace states it.
    """

    id: str
    layer: str
    title: str
    reason: str
    valid: Period = field(default_factory=Period)
