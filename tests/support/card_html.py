"""What the HTML of a card may hold, and what of it is text."""

from __future__ import annotations

import re
from html.parser import HTMLParser

TAGS = {"div", "b", "table", "thead", "tbody", "tr", "td", "th", "img"}
ATTRIBUTES = {"style", "class", "src", "alt"}
PICTURE = re.compile(r"data:image/png;base64,[A-Za-z0-9+/]+=*")


class _Reader(HTMLParser):
    def __init__(self):
        super().__init__(convert_charrefs=True)
        self.tags, self.attributes, self.texts, self.open = set(), [], [], []

    def handle_starttag(self, tag, attrs):
        self.tags.add(tag)
        self.attributes += attrs
        if tag != "img":
            self.open.append(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        self.texts.append(data)

    def handle_comment(self, data):
        msg = f"a comment: {data}"
        raise AssertionError(msg)

    handle_decl = unknown_decl = handle_pi = handle_comment


def texts_of(page):
    """Return the texts of a card, after checking that it holds nothing but a card."""
    reader = _Reader()
    reader.feed(page)
    reader.close()
    assert not reader.open
    assert reader.tags <= TAGS
    assert {name for name, _ in reader.attributes} <= ATTRIBUTES
    for name, value in reader.attributes:
        if name == "src":
            assert PICTURE.fullmatch(value)
        elif name == "style":
            assert "url" not in value
            assert "expression" not in value
    return reader.texts
