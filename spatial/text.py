"""The sentences of both packages (see `layers.text`)."""

from __future__ import annotations

from pathlib import Path

from layers.text import LANGS, Lang, Message, Texts, message
from layers.text import TEXTS as LAYER_TEXTS

__all__ = ["LANGS", "TEXTS", "Lang", "Message", "message"]

TEXTS = Texts((*LAYER_TEXTS.folders, Path(__file__).parent / "texts"))
