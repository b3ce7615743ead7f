"""Words under which a claim is not made yet: 待批, 办理中, 不涉及.

A text such as the number of an approval counts as stated when it is there. A form that
must not stay empty is filled with something all the same, and 待批 would count as the
approval itself. What is neither a claim nor a plain "none" is missing: it is asked for.
"""

from __future__ import annotations

import re

from layers.spec import fold

_BEGINS = re.compile(
    # not every 未: 未来科技城 is a park
    r"(暂|尚|还)?未[办取获得批编申提做开报备完通入落定明知填建见有签进]|暂无|暂缺|暂时|待|"
    r"正在|拟|无需|无须|不需|不涉及|不适用|不详|没办|没有办|申请中|"
    r"pending|notyet|notapplicable|unknown|tobe"
)
_ENDS = re.compile(r"(中|待批|待办|待补|待补充|待定|未批|未办|未办理|未取得|pending)$")
_ALONE = re.compile(r"n\.?/?a\.?|nil|null|tbd|todo|no|否|缺|未知|[^\w]+|_+|x+|0+|×+")
_DIGIT = re.compile(r"\d")


def is_outstanding(text: str) -> bool:
    """Whether a text says that a paper is not there, or not yet, or says nothing.

    Parameters
    ----------
    text
        As an applicant has written it.

    Returns
    -------
    bool
        True also for a cell of punctuation alone. False for everything that may be a
        number or a title, such as 无锡环审〔0000〕0号（虚构）.

    Examples
    --------
    >>> is_outstanding("待批"), is_outstanding("审批中"), is_outstanding("——")
    (True, True, True)
    >>> is_outstanding("国函〔0000〕0号（虚构）"), is_outstanding("已批复")
    (False, False)
    """
    folded = fold(text)
    if _BEGINS.match(folded) or _ALONE.fullmatch(folded):
        return True
    return _ENDS.search(folded) is not None and not _DIGIT.search(folded)
