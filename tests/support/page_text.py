"""The text that a reader sees on a page, one line a block; for golden tests."""

from __future__ import annotations

import re
from html.parser import HTMLParser

_UNSEEN = {"script", "style", "title"}
_BLOCKS = {
    "article",
    "blockquote",
    "button",
    "dd",
    "details",
    "div",
    "dl",
    "dt",
    "figcaption",
    "fieldset",
    "h1",
    "h2",
    "h3",
    "h4",
    "header",
    "legend",
    "li",
    "p",
    "section",
    "summary",
    "td",
    "th",
    "tr",
}


class _Reader(HTMLParser):
    """Gathers text outside scripts and styles."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.parts: list[str] = []
        self.hidden = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in _UNSEEN:
            self.hidden += 1
        elif tag in _BLOCKS:
            self.parts.append("\n")

    def handle_endtag(self, tag: str) -> None:
        if tag in _UNSEEN:
            self.hidden -= 1
        elif tag in _BLOCKS:
            self.parts.append("\n")

    def handle_data(self, data: str) -> None:
        if not self.hidden:
            self.parts.append(data)


def page_text(page: str) -> str:
    """Return the text of an HTML page, a line for each block, without blank lines."""
    reader = _Reader()
    reader.feed(page)
    reader.close()
    lines = (re.sub(r"\s+", " ", one).strip() for one in _lines("".join(reader.parts)))
    return "\n".join(line for line in lines if line) + "\n"


def _lines(text: str) -> list[str]:
    return text.split("\n")
