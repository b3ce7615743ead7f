"""Whether a project belongs to a named set: by its code, or by what it declares.

Either is enough for *yes*; *no* needs both, or a list of the office that is the whole
set. So a flag that says no never outvotes a code that says yes, and the finding tells
that they disagree.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import pandas as pd

from spatial.policy import model
from spatial.policy.comparison import FALSE, TRUE, UNKNOWN, comparison, is_empty
from spatial.policy.named_set import named_set

if TYPE_CHECKING:
    from collections.abc import Mapping

    from layers.layer import Setting
    from layers.spec import LayerSpec
    from spatial.policy.named_set import NamedSet

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


def membership(
    test: model.Test,
    frame: pd.DataFrame,
    *,
    spec: LayerSpec,
    settings: Mapping[str, Setting],
) -> Membership:
    """Say which rows of a table belong to the set that a test names.

    Parameters
    ----------
    test
        Of operator ``in_set``; its name is the attribute that holds the code.
    frame, spec, settings
        As for `spatial.policy.condition.evaluate`.

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
    code = _values(test.name, frame)
    stated = ~_blank(code)
    declared = _values(named.flag or "", frame)
    says_yes = np.array([one is True or one == 1 for one in declared], dtype=bool)
    says_no = ~says_yes & ~_blank(declared)
    listed = _by_list(test, named, code, spec=spec, settings=settings)
    whole = named.setting in settings
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


def _by_list(
    test: model.Test,
    named: NamedSet,
    code: np.ndarray,
    *,
    spec: LayerSpec,
    settings: Mapping[str, Setting],
) -> Truth:
    """Return what the office's list says of each code, else the built-in one."""
    wanted: model.SettingRef | tuple[str, ...] = named.codes
    if named.setting in settings:
        wanted = model.SettingRef(named.setting)
    elif not named.codes:
        return np.full(len(code), FALSE, dtype=np.int8)
    judge = comparison(model.Test(test.name, "code_under", wanted), spec, settings)
    codes, occurring = pd.factorize(code, use_na_sentinel=True)
    of_value = [UNKNOWN if is_empty(one) else judge(one) for one in occurring]
    truth: Truth = np.array([*of_value, UNKNOWN], dtype=np.int8)[codes]
    return truth


def _values(name: str, frame: pd.DataFrame) -> np.ndarray:
    """Return a column as objects; None in every row where there is none."""
    if name not in frame.columns:
        return np.full(len(frame), None, dtype=object)
    values: np.ndarray = frame[name].to_numpy(dtype=object)
    return values


def _blank(values: np.ndarray) -> Mask:
    """Whether nothing is written in each cell."""
    return np.array([bool(pd.isna(one)) or is_empty(one) for one in values], dtype=bool)
