"""Whether a project belongs to a named set: by its code, or by what it declares.

Either is enough for *yes*; *no* needs both, or a list of the office that is the whole
set. So a flag that says no never outvotes a code that says yes, and the finding tells
that they disagree.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from spatial.policy import model
from spatial.policy.comparison import FALSE, TRUE, UNKNOWN
from spatial.policy.named_set import named_set

if TYPE_CHECKING:
    from collections.abc import Mapping

    from spatial.policy.named_set import NamedSet
    from spatial.policy.table import Table

    Truth = np.ndarray[tuple[int], np.dtype[np.int8]]
    Mask = np.ndarray[tuple[int], np.dtype[np.bool_]]


class Membership(NamedTuple):
    """Whether sites belong to a set, row by row.

    Attributes
    ----------
    truth
        `FALSE`, `UNKNOWN` or `TRUE`.
    lacks
        Names of the attributes for want of which a row is unknown.
    setting
        The rows that are unknown for want of the office's list.
    by_code
        True where the built-in codes say so.
    against_flag
        True where they do and the project declares the contrary.
    """

    truth: Truth
    lacks: Mapping[str, Mask]
    setting: Mask
    by_code: Mask
    against_flag: Mask


def membership(test: model.Test, table: Table) -> Membership:
    """Say which rows of a table belong to the set that a test names.

    Parameters
    ----------
    test
        Of operator ``in_set``; its name is the attribute that holds the code.
    table
        The sites, as for `spatial.policy.condition.evaluated`.

    Returns
    -------
    Membership
        One value a row, in the order of the table.

    Raises
    ------
    InputRefusedError
        The office's list is no list.
    """
    named = named_set(str(test.value))
    code, declared = table.column(test.name), table.column(named.flag or "")
    stated = ~code.blank[code.codes]
    yeses = [one is True or one == 1 for one in declared.occurring]
    says_yes = np.array([*yeses, False], dtype=bool)[declared.codes]
    says_no = ~says_yes & ~declared.blank[declared.codes]
    listed = _by_list(test, named, table)
    whole = named.setting in table.settings
    yes = says_yes | (listed == TRUE)
    no = (listed == FALSE) & (whole | says_no)
    truth = np.where(yes, TRUE, np.where(no, FALSE, UNKNOWN)).astype(np.int8)
    open_ = truth == UNKNOWN
    unclear = open_ & (~stated | (listed == UNKNOWN))
    lacks: dict[str, Mask] = {}
    if whole or named.codes:
        lacks[test.name] = unclear
    if named.flag and not whole:
        lacks[named.flag] = open_ & ~says_no
    by_code = (listed == TRUE) & (not whole)
    return Membership(
        truth,
        lacks,
        setting=open_ if not whole and not named.flag else np.zeros_like(open_),
        by_code=by_code,
        against_flag=(listed == TRUE) & says_no,
    )


def _by_list(test: model.Test, named: NamedSet, table: Table) -> Truth:
    """Return what the office's list says of each code, else the built-in one."""
    wanted: model.SettingRef | tuple[str, ...] = named.codes
    if named.setting in table.settings:
        wanted = model.SettingRef(named.setting)
    elif not named.codes:
        return np.full(len(table), FALSE, dtype=np.int8)
    of_value = table.answers(
        model.Test(test.name, "code_under", wanted), standard=False
    )
    truth: Truth = of_value[table.column(test.name).codes]
    return truth
