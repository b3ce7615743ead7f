"""Field names that a Shapefile has cut to 10 bytes, also inside a character.

The cut stays when the table is saved in another format, so it is looked for in every
source. A column is taken for a field only where no other field could be meant.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from layers.spec import fold

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from layers.spec import FieldSpec

NAME_BYTES = 10
ENCODINGS = ("gb18030", "utf-8")


@dataclass(frozen=True, slots=True)
class CutName:
    """A column whose name can be the beginning of a field's name.

    Attributes
    ----------
    column
        Its name as the source has it.
    meant
        Canonical field to the full name that was cut, in the order of the catalogue.
        With a single field the column was taken for it, unless `is_word`.
    is_word
        Whether the cut falls between two words: then the name may be whole.
    """

    column: str
    meant: Mapping[str, str]
    is_word: bool = False

    @property
    def is_clear(self) -> bool:
        """Whether the column can be read as one field and nothing else."""
        return len(self.meant) == 1 and not self.is_word


def cuts_of(name: str) -> dict[str, bool]:
    """Return what is left of a name after 10 bytes, and whether a word ends there.

    Returns
    -------
    dict
        Folded remains, one for each encoding in which the name is longer than 10
        bytes. A character that the cut has split is left out.

    Examples
    --------
    >>> cuts_of("生态保护红线编码"), cuts_of("project_name"), cuts_of("编码")
    ({'生态保护红': False, '生态保': False}, {'project_na': False}, {})
    """
    found: dict[str, bool] = {}
    for encoding in ENCODINGS:
        data = name.encode(encoding)
        if len(data) <= NAME_BYTES:
            continue
        rest = data[NAME_BYTES:].decode(encoding, "ignore")
        is_word = name.isascii() and rest[0] in "_ (-,"
        found[fold(data[:NAME_BYTES].decode(encoding, "ignore"))] = is_word
    return found


def cut_names(
    columns: Sequence[str], fields: Sequence[FieldSpec]
) -> tuple[CutName, ...]:
    """Return the columns that can be cut names of fields, in the order of the columns.

    Parameters
    ----------
    columns
        Columns that no field has claimed by its full name.
    fields
        All fields of the kind: a cut that several of them share is nobody's, also
        where all but one have a column of their own.
    """
    if not columns:
        return ()
    meant: dict[str, dict[str, str]] = {}
    words: set[str] = set()
    for field in fields:
        for full in (field.name, *field.aliases, *field.title.values()):
            for cut, is_word in cuts_of(full).items():
                meant.setdefault(cut, {}).setdefault(field.name, full)
                if is_word:
                    words.add(cut)
    folded = [(one, fold(one)) for one in columns]
    return tuple(
        CutName(one, meant[cut], cut in words) for one, cut in folded if cut in meant
    )
