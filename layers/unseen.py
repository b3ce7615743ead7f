"""Characters that cannot be seen, made visible: a name could hide its end.

Escaping for HTML comes after it: `layers.card`, `spatial.report.html` (Jinja) and
`spatial.report.map`.
"""

from __future__ import annotations

import re

_SPACE, _DELETE = 0x20, 0x7F

# U+202A.. and U+2066.. turn the order of what follows: a name could hide its end.
_UNSEEN = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u200b-\u200f\u202a-\u202e"
    "\u2060-\u2069\ufeff\ufff9-\ufffb\ufffe\uffff\ud800-\udfff]"
)


def visible(text: str) -> str:
    r"""Return `text` with every character that cannot be seen or stored made visible.

    ASCII control characters become their pictures (U+2400 and on), other
    invisible, direction-turning or unpaired characters U+FFFD. Tab, line feed and
    carriage return stay.

    Examples
    --------
    >>> visible("a\x00b\x7f")
    'a␀b␡'
    """
    # Python calls nothing printable that is unseen here.
    return text if text.isprintable() else _UNSEEN.sub(_picture, text)


def _picture(found: re.Match[str]) -> str:
    code = ord(found.group())
    if code < _SPACE:
        return chr(0x2400 + code)
    return "\u2421" if code == _DELETE else "\ufffd"
