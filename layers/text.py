"""Sentences for people, in Chinese and English, kept as data.

Code says *what* happened: a key and facts (`Message`). The sentence comes from a
catalogue, ``texts/*zh.yaml`` and ``texts/*en.yaml`` of a package. Chinese is the
default. `layers.text.TEXTS` knows the sentences of this package alone;
`spatial.text.TEXTS` those of both.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Literal

from layers import document
from layers.errors import UnknownKindError

Lang = Literal["zh", "en"]
LANGS: tuple[Lang, ...] = ("zh", "en")


@dataclass(frozen=True, slots=True)
class Message:
    """What is to be said: a key of the catalogue and the facts that fill it.

    A fact that is itself a `Message` is rendered first, in the same language; of a
    fact that is a mapping by language (a title) the wanted language is taken.
    """

    key: str
    facts: Mapping[str, Fact] = field(default_factory=dict)


def message(key: str, /, **facts: Fact) -> Message:
    """Return a `Message`; shorthand for the dataclass."""
    return Message(key, facts)


Fact = str | float | Message | Mapping[str, str]


def decimal(value: float, *, decimals: int, thousands: bool = False) -> str:
    """Return a number with fixed decimals; what is more than nothing is never 0.

    Parameters
    ----------
    value
        Finite.
    decimals
        How many are printed, 0 or more.
    thousands
        Whether thousands are parted by commas.

    Returns
    -------
    str
        ``<0.01`` for what is above 0 and rounds to it; never ``-0.00``.

    Examples
    --------
    >>> decimal(1234.5, decimals=2, thousands=True), decimal(1234.5, decimals=2)
    ('1,234.50', '1234.50')
    >>> decimal(0.004, decimals=2), decimal(0.0, decimals=2), decimal(-0.0, decimals=0)
    ('<0.01', '0.00', '0')
    """
    rounded = round(value, decimals) + 0.0
    if rounded == 0 and value > 0:
        return f"<{10.0**-decimals:.{decimals}f}"
    return f"{rounded:{',' if thousands else ''}.{decimals}f}"


_ROUNDING = 1e-9


def percent(share: float, *, decimals: int = 2) -> str:
    """Return a share as per cent, so that all and nothing stay what they are.

    Parameters
    ----------
    share
        0..1; a ratio beyond is printed as it is, rounded.
    decimals
        How many are printed, 0 or more.

    Returns
    -------
    str
        With its sign. What is less than all is never ``100%``, what is more than
        nothing never ``0%``: ``>99.99%`` and ``<0.01%`` stand for them. A share that
        lacks less than a thousand-millionth is all: areas are not reckoned finer.

    Examples
    --------
    >>> percent(0.5), percent(0.99996), percent(1.0)
    ('50.00%', '>99.99%', '100.00%')
    >>> percent(1 - 1e-12)
    '100.00%'
    >>> percent(0.0), percent(0.004, decimals=0)
    ('0.00%', '<1%')
    """
    least = 10.0 ** -(decimals + 2)
    if 0 < share < least:
        return f"<{least:.{decimals}%}"
    if 1 - least < share < 1 - _ROUNDING:
        return f">{1 - least:.{decimals}%}"
    return f"{share:.{decimals}%}"


@dataclass(frozen=True, slots=True)
class Texts:
    """The sentences of one or more catalogue folders.

    Parameters
    ----------
    folders
        Each holds files ``*zh.yaml`` and ``*en.yaml``: flat mappings from key to a
        sentence with named places (``str.format``). A key may stand in one file only.
    """

    folders: tuple[Path, ...]

    def sentences(self, lang: Lang) -> Mapping[str, str]:
        """Return every sentence of `lang` by its key."""
        return _sentences(self.folders, lang)

    def render(self, said: Message, lang: Lang = "zh") -> str:
        """Return the sentence that `said` stands for.

        Raises
        ------
        UnknownKindError
            No catalogue has the key.
        """
        sentences = self.sentences(lang)
        if said.key not in sentences:
            raise UnknownKindError(what="text", name=said.key, known=sorted(sentences))
        facts = {name: self._plain(fact, lang) for name, fact in said.facts.items()}
        return sentences[said.key].format(**facts)

    def _plain(self, fact: Fact, lang: Lang) -> str | float:
        if isinstance(fact, Message):
            return self.render(fact, lang)
        return fact[lang] if isinstance(fact, Mapping) else fact

    def say(self, key: str, /, *, lang: Lang = "zh", **facts: Fact) -> str:
        """Return the sentence under `key`, filled with `facts`."""
        return self.render(Message(key, facts), lang)


@cache
def _sentences(folders: tuple[Path, ...], lang: Lang) -> Mapping[str, str]:
    found: dict[str, str] = {}
    for folder in folders:
        for path in sorted(folder.glob(f"*{lang}.yaml")):
            for key, entry in document.load_own(path).mapping().items():
                if key in found:
                    entry.fail("a key that no other catalogue has", repr(key))
                found[key] = entry.text()
    return found


TEXTS = Texts((Path(__file__).parent / "texts",))
