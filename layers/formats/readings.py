"""Which text encoding bytes are in, when they fit several.

Few Chinese words often fit UTF-8 and GB18030 alike: 路 in GBK is the middle dot in
UTF-8, and two characters of UTF-8 are three other ones in GBK. So what fits is weighed
by how ordinary its characters are, a statement about the encoding counts unless the
text speaks clearly against it, and whenever a second reading fits, it is told.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from functools import cache
from itertools import islice
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    from layers.formats.raw import Found

CHINESE = ("UTF-8", "GB18030")
MULTIBYTE = (*CHINESE, "big5", "big5hkscs", "cp950")
"""A wrong statement of one of these can be found out; single bytes always fit."""
CLEAR = 0.25
"""By how much the better reading must be better to be taken for sure."""
BY_CHANCE = 0.3
"""Characters of three bytes in UTF-8 hardly ever come about by chance."""
THREE_BYTES = re.compile(r"[\u3000-\U0010ffff]")
MAX_RUNS = 20_000
SHOWN = 24
WORDS = re.compile(r"[\w.-]*[^\x00-\x7f][^\s\x00-\x2f<>=;,]*")
RUNS = re.compile(r"[^\x00-\x7f]+")
SIGNS = frozenset(
    "°²³·×±µ§℃℉㎡㎥㎞‰№—–“”\u2018\u2019…′″→←↑↓\u3007㎏㎝㎜ⅠⅡⅢⅣⅤ①②③④⑤⑥⑦⑧⑨⑩⑪⑫⑬⑭⑮⑯⑰⑱⑲⑳"
)
COMMON, SIGN, KNOWN, RARE, FOREIGN = 1.0, 0.9, 0.6, 0.3, 0.1
GB_LEVEL_1 = range(0xB0, 0xD8)
BIG5_LEVEL_1 = range(0xA4, 0xC7)
LATIN = range(0xA0, 0x250)
WIDE = range(0xFF01, 0xFFE7)
CJK_SIGNS = range(0x3001, 0x3020)


@dataclass(frozen=True, slots=True)
class Choice:
    """The encoding that is taken, and what is to be recorded about it."""

    encoding: str
    found: tuple[Found, ...] = ()


def choose(
    data: bytes,
    *,
    stated: str | None,
    read: Callable[[bytes, str], str | None],
    word: str | None = None,
) -> Choice | None:
    """Choose the encoding of bytes.

    Parameters
    ----------
    data
        The bytes, not all ASCII.
    stated
        What the file says about itself, as `text.known_encoding` names it; or None.
    read
        Text of the bytes in an encoding; None where they do not fit.
    word
        The statement as the file has it, also when it names no encoding.

    Returns
    -------
    Choice | None
        None where nothing fits. What is stated, else UTF-8, is taken unless another
        reading is clearly more ordinary. Recorded are ``encoding_decided`` where the
        file does not state what is taken (UTF-8 that fits alone needs no word), and,
        where a second reading fits, ``encoding_fits_two``, or ``encoding_doubtful``
        when the two are about as ordinary.
    """
    names = list(dict.fromkeys((*CHINESE, *([stated] if stated else []))))
    texts = {name: text for name in names if (text := read(data, name)) is not None}
    if not texts:
        return None
    score = {name: plausibility(text) for name, text in texts.items()}
    if "UTF-8" in score and THREE_BYTES.search(texts["UTF-8"]):
        score["UTF-8"] += BY_CHANCE
    trusted = stated if stated in MULTIBYTE and stated in texts else next(iter(texts))
    best = max(score, key=lambda name: score[name])
    used = best if score[best] - score[trusted] >= CLEAR else trusted
    found: list[Found] = []
    said = stated or word
    if used != stated and not (used == "UTF-8" and said is None):
        found.append(("encoding_decided", {"stated": said or "-", "used": used}))
    rest = [name for name in texts if name != used and texts[name] != texts[used]]
    if rest:
        other = max(rest, key=lambda name: score[name])
        clear = score[used] - score[other] >= CLEAR
        code = "encoding_fits_two" if clear else "encoding_doubtful"
        found.append((code, _both(texts[used], used, other)))
    return Choice(used, tuple(found))


def _both(text: str, used: str, other: str) -> dict[str, str | float]:
    """Return the facts of two readings, with the first words that show them."""
    word = next(iter(WORDS.findall(text)), "")[:SHOWN]
    second = word.encode(used, "ignore").decode(other, "replace")
    return {"used": used, "text": word, "other": other, "other_text": second}


def plausibility(text: str) -> float:
    """Return how ordinary the characters of a text are that are not ASCII.

    Returns
    -------
    float
        In [0, 1]: 1 for everyday Chinese (or letters with accents inside Latin
        words), near 0 for what is seldom written in China. 1 for plain ASCII.

    Examples
    --------
    >>> plausibility("生态保护红线"), plausibility("鐢熸") < 0.5, plausibility("Río")
    (1.0, True, 1.0)
    """
    total, count = 0.0, 0
    for run in islice(RUNS.finditer(text), MAX_RUNS):
        before = text[run.start() - 1 : run.start()] if run.start() else ""
        after = text[run.end() : run.end() + 1]
        word = run[0]
        count += len(word)
        if (before.isalpha() or after.isalpha()) and all(map(_is_latin, word)):
            total += len(word)
        elif len(word) == 1:
            total += _alone(word, before, after)
        else:
            total += sum(map(weight, word))
    return total / count if count else 1.0


def _alone(char: str, before: str, after: str) -> float:
    """Return the weight of a character between ASCII: é belongs there, 茅 does not."""
    if _is_latin(char) and (before.isalpha() or after.isalpha()):
        return COMMON
    small = any(one.islower() for one in before + after)
    return weight(char) / 2 if small and _is_ideograph(char) else weight(char)


def _is_latin(char: str) -> bool:
    """Whether a character can be a letter of a Western word."""
    return ord(char) in LATIN and char.isalpha()


def _is_ideograph(char: str) -> bool:
    return unicodedata.category(char) == "Lo"


@cache
def weight(char: str) -> float:
    """Return how ordinary one character is, in [0, 1]."""
    if char in SIGNS:
        return SIGN
    code = ord(char)
    if code in CJK_SIGNS or code in WIDE:
        return SIGN
    if not unicodedata.name(char, "").startswith("CJK "):
        return FOREIGN if unicodedata.category(char)[0] in "LNPS" else 0.0
    levels = (("gb2312", GB_LEVEL_1), ("big5", BIG5_LEVEL_1))
    leads = [(_lead(char, name), level) for name, level in levels]
    if any(lead in level for lead, level in leads):
        return COMMON
    return KNOWN if any(lead for lead, _ in leads) else RARE


def _lead(char: str, encoding: str) -> int:
    """Return the first byte of a character, or 0 where the encoding lacks it."""
    data = char.encode(encoding, "ignore")
    return data[0] if data else 0
