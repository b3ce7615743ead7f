"""The sentences of the judge: the same in both languages, none missing, none idle."""

from __future__ import annotations

import re
from pathlib import Path
from string import Formatter

from layers import document
from spatial import policy

FOLDER = Path(policy.__file__).parents[1] / "texts"
SAID = {
    lang: {
        key: entry.text()
        for key, entry in document.load(FOLDER / f"policy.{lang}.yaml")
        .mapping()
        .items()
    }
    for lang in ("zh", "en")
}


def places(sentence: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(sentence) if name}


def test_both_languages_say_the_same_with_the_same_facts():
    assert list(SAID["zh"]) == list(SAID["en"])
    for key, sentence in SAID["zh"].items():
        assert places(sentence) == places(SAID["en"][key]), key


def test_every_key_in_the_code_has_a_sentence_and_every_sentence_a_use():
    code = "".join(
        path.read_text("utf-8") for path in Path(policy.__file__).parent.glob("*.py")
    )
    used = set(re.findall(r'"((?:why|unknown)\.[a-z_]+)"', code))
    forms = {
        f"why.{relation}_{form}"
        for relation in ("intersects", "not_within")
        for form in ("area", "length", "point")
    } | {"why.intersects_area_in_site", "why.intersects_length_in_site"}
    forms |= {"why.anywhere", "why.outside"}  # made of the relation's name
    assert used | forms == set(SAID["zh"])
