"""A rulebook put to the test: its cases, its quotes, and what its cases leave out.

What the loader refuses (no citation, no date, a field that there is not, a rule that
no site can meet) does not come this far.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

from layers.errors import InputRefusedError, SourceNotFoundError
from spatial.policy.cases import check_cases
from spatial.policy.example import ASPECTS

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from spatial.policy import model
    from spatial.policy.cases import CaseResult

_BLANKS = re.compile(r"\s+")
_PAGE_MARK = re.compile(r"—\s*\d+\s*—")


@dataclass(frozen=True, slots=True)
class Misquote:
    """A quote that does not stand in the text it cites.

    Attributes
    ----------
    rule, document, quote
        The rule, the id of the document it cites, and the words.
    text
        Name of the file that they were looked for in.
    """

    rule: str
    document: str
    quote: str
    text: str


@dataclass(frozen=True, slots=True)
class Quotes:
    """What became of the quotes of a rulebook.

    Attributes
    ----------
    found
        How many stand in their text, to the character, blanks and page marks aside.
    not_compared
        How many cite a document whose text the rulebook does not name.
    wrong
        The others.
    """

    found: int
    not_compared: int
    wrong: tuple[Misquote, ...]


@dataclass(frozen=True, slots=True)
class Checked:
    """A rulebook and what its own tests say.

    Attributes
    ----------
    rulebook
        As loaded.
    results
        Of every case, in order.
    aspects
        For each rule, how many cases it has of each aspect.
    quotes
        None when no folder of texts was given.
    """

    rulebook: model.Rulebook
    results: tuple[CaseResult, ...]
    aspects: Mapping[str, Mapping[str, int]]
    quotes: Quotes | None

    @property
    def failed(self) -> tuple[CaseResult, ...]:
        """The cases whose outcome is not the expected one."""
        return tuple(one for one in self.results if not one.passed)

    @property
    def passed(self) -> bool:
        """Whether every case passes and every quote that was compared stands."""
        return not self.failed and not (self.quotes and self.quotes.wrong)

    @property
    def with_aspect(self) -> Mapping[str, int]:
        """How many rules have a case of each aspect."""
        return {
            aspect: sum(1 for counts in self.aspects.values() if counts[aspect])
            for aspect in ASPECTS
        }

    @property
    def without(self) -> Mapping[str, tuple[str, ...]]:
        """The aspects of which a rule has no case, for the rules that lack any."""
        lacking = {
            rule: tuple(one for one in ASPECTS if not counts[one])
            for rule, counts in self.aspects.items()
        }
        return {rule: aspects for rule, aspects in lacking.items() if aspects}


def check(rulebook: model.Rulebook, *, texts: Path | None = None) -> Checked:
    """Work the cases of a rulebook and look its quotes up.

    Parameters
    ----------
    rulebook
        As loaded.
    texts
        Folder that holds the source texts under the names that the documents state
        (``text:``), UTF-8. None: quotes are not compared.

    Returns
    -------
    Checked
        In the order of the rulebook.

    Raises
    ------
    SourceNotFoundError
        A text that a document names is not in the folder.
    InputRefusedError
        A text is not UTF-8, or a case sets a setting to what its rule cannot use.
    """
    return Checked(
        rulebook,
        check_cases(rulebook),
        {rule.id: _aspects(rule) for rule in rulebook.rules},
        quotes(rulebook, texts) if texts is not None else None,
    )


def _aspects(rule: model.Rule) -> Mapping[str, int]:
    counted = Counter(case.aspect for case in rule.cases)
    return {aspect: counted[aspect] for aspect in ASPECTS}  # type: ignore[index]


def bare(text: str) -> str:
    r"""Return a text without blanks, line breaks and page marks.

    Examples
    --------
    >>> bare("禁止  开矿\n— 12 —\n、采石")
    '禁止开矿、采石'
    """
    return _BLANKS.sub("", _PAGE_MARK.sub("", text))


def cited(rule: model.Rule) -> Iterator[model.Citation]:
    """Yield every citation of a rule: of its editions, readings and exceptions."""
    for edition in rule.editions:
        yield edition.citation
        for provision in edition.provisions:
            yield from provision.reads_with
            yield from (one.citation for one in provision.relief if one.citation)


def quotes(rulebook: model.Rulebook, folder: Path) -> Quotes:
    """Look up every quote of a rulebook in the texts that its documents name.

    Parameters
    ----------
    rulebook, folder
        As for `check`.

    Raises
    ------
    SourceNotFoundError, InputRefusedError
        As for `check`.
    """
    named = {key: one.text for key, one in rulebook.documents.items() if one.text}
    read = {name: _read(folder / name) for name in sorted(set(named.values()))}
    found, not_compared = 0, 0
    wrong: list[Misquote] = []
    for rule in rulebook.rules:
        for one in cited(rule):
            text = named.get(one.document)
            if text is None:
                not_compared += 1
            elif bare(one.quote) in read[text]:
                found += 1
            else:
                wrong.append(Misquote(rule.id, one.document, one.quote, text))
    return Quotes(found, not_compared, tuple(wrong))


def _read(path: Path) -> str:
    if not path.is_file():
        raise SourceNotFoundError(path, todo="the rulebook names it as the text cited")
    try:
        return bare(path.read_text(encoding="utf-8-sig"))
    except UnicodeDecodeError as error:
        raise InputRefusedError(
            source=path, expected="UTF-8 text", got=str(error), todo="save it as UTF-8"
        ) from error
