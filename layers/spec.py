"""LayerSpec and FieldSpec: what a layer of a kind must hold.

One YAML file per kind in ``layers/catalog/``. Adding a kind is adding a file.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from layers import document
from layers.document import Entry
from layers.errors import UnknownKindError

if TYPE_CHECKING:
    from collections.abc import Mapping

CATALOG = Path(__file__).parent / "catalog"

Role = Literal["control", "reference", "record", "site"]
FieldType = Literal["text", "number", "date", "flag", "codes"]
GeometryType = Literal["polygon", "line", "point"]


def fold(name: str) -> str:
    """Return a field name or value as it is compared: NFKC, no blanks, lower case.

    Examples
    --------
    >>> fold(" 管控单元 编码 "), fold("HJZHGKDYBM")
    ('管控单元编码', 'hjzhgkdybm')
    """
    return re.sub(r"\s+", "", unicodedata.normalize("NFKC", name)).casefold()


@dataclass(frozen=True, slots=True)
class FieldSpec:
    """A canonical field of a layer kind.

    Attributes
    ----------
    name
        Canonical name, ASCII, with its unit where it has one.
    title
        For people, by language.
    aliases
        Other headings under which sources hold it, compared by `fold`.
    type
        ``text``, ``number`` (float), ``date``, ``flag`` (true/false),
        ``codes`` (tuple of texts, split at comma, semicolon, ideographic comma).
    required
        Whether the layer can be relied on without the field.
    domain
        Canonical value -> spellings under which sources hold it (folded);
        empty when any value will do. Of ``codes``, every part must be known.
    titles
        Canonical value -> what people read, by language.
    pattern
        Regular expression that a value must match in full, or None.
    none_words
        Spellings that say "there is none", as opposed to a missing value.
    unit
        Of a number whose cell may carry another unit: a key of
        `layers.quantity.UNITS`, or None.
    is_claim
        Whether a text is what an applicant claims, such as the number of an approval:
        words such as 待批 are then missing (see `layers.frame.claims`).
    question
        What to ask an applicant who has not stated it, by language; None where the
        title makes the question.
    """

    name: str
    title: Mapping[str, str]
    aliases: tuple[str, ...] = ()
    type: FieldType = "text"
    required: bool = False
    domain: Mapping[str, tuple[str, ...]] | None = None
    titles: Mapping[str, Mapping[str, str]] | None = None
    pattern: str | None = None
    none_words: tuple[str, ...] = ()
    unit: str | None = None
    is_claim: bool = False
    question: Mapping[str, str] | None = None

    def spelled(self, value: str) -> str | None:
        """Return the canonical value of a spelling, or None outside the domain."""
        wanted = fold(value)
        for canonical, spellings in (self.domain or {}).items():
            if wanted == fold(canonical) or wanted in spellings:
                return canonical
        return None


@dataclass(frozen=True, slots=True)
class LayerSpec:
    """What a layer of one kind must hold.

    Attributes
    ----------
    kind
        Id of the kind, for example ``ecological_redline``.
    title
        For people, by language.
    role
        ``control`` zones limit what may be built, and an overlap that no rule speaks
        of needs a person; ``reference`` zones only help to judge; ``record`` layers
        hold what people did or were allowed; ``site`` is what is judged.
    geometry
        Accepted geometry types (multi-parts included).
    id_field, name_field
        Which canonical fields identify and name a feature.
    fields
        The canonical fields, in order.
    layer_names
        Layer and file names under which sources hold the kind (``STBHHX``).
    source
        Where the field names come from.
    """

    kind: str
    title: Mapping[str, str]
    role: Role
    geometry: tuple[GeometryType, ...]
    id_field: str
    name_field: str
    fields: tuple[FieldSpec, ...]
    layer_names: tuple[str, ...] = ()
    source: str = ""

    def field(self, name: str) -> FieldSpec:
        """Return a field by its canonical name."""
        for one in self.fields:
            if one.name == name:
                return one
        known = [one.name for one in self.fields]
        raise UnknownKindError(what=f"field of {self.kind}", name=name, known=known)


@cache
def kinds() -> tuple[str, ...]:
    """Return the ids of all layer kinds, sorted."""
    return tuple(sorted(path.stem for path in CATALOG.glob("*.yaml")))


@cache
def spec(kind: str) -> LayerSpec:
    """Return the spec of a layer kind.

    Raises
    ------
    UnknownKindError
        There is no such kind; the message lists those there are.
    """
    if kind not in kinds():
        raise UnknownKindError(what="layer kind", name=kind, known=list(kinds()))
    return _read_spec(document.load_own(CATALOG / f"{kind}.yaml"), kind)


def _read_spec(entry: Entry, kind: str) -> LayerSpec:
    entry.only(
        "kind",
        "title",
        "role",
        "geometry",
        "id_field",
        "name_field",
        "layer_names",
        "fields",
        "source",
    )
    entry.need("kind").one_of(kind)
    geometry: list[GeometryType] = []
    for one in entry.need("geometry"):
        one.one_of("polygon", "line", "point")
        geometry.append(one.value)  # type: ignore[arg-type]
    role = entry.need("role")
    role.one_of("control", "reference", "record", "site")
    fields = tuple(read_field(one) for one in entry.need("fields"))
    names = [one.name for one in fields]
    for key in ("id_field", "name_field"):
        entry.need(key).one_of(*names)
    layer_names = entry.get("layer_names")
    source = entry.get("source")
    return LayerSpec(
        kind=kind,
        title=read_titles(entry.need("title")),
        role=role.value,  # type: ignore[arg-type]
        geometry=tuple(geometry),
        id_field=entry.need("id_field").text(),
        name_field=entry.need("name_field").text(),
        fields=fields,
        layer_names=layer_names.texts() if layer_names else (),
        source=source.text() if source else "",
    )


def read_titles(entry: Entry) -> Mapping[str, str]:
    """Read a title in both languages."""
    entry.only("zh", "en")
    return {"zh": entry.need("zh").text(), "en": entry.need("en").text()}


def read_field(entry: Entry) -> FieldSpec:
    """Read a field of a catalogue file."""
    entry.only(
        "name",
        "title",
        "aliases",
        "type",
        "required",
        "domain",
        "pattern",
        "none_words",
        "claim",
        "unit",
        "question",
    )
    kind = entry.get("type")
    if kind:
        kind.one_of("text", "number", "date", "flag", "codes")
    aliases = entry.get("aliases")
    required = entry.get("required")
    pattern = entry.get("pattern")
    none_words = entry.get("none_words")
    unit, question = entry.get("unit"), entry.get("question")
    claim = entry.get("claim")
    if unit and (not kind or kind.value != "number"):
        unit.fail("a field of type number beside it")
    domain: dict[str, tuple[str, ...]] = {}
    titles: dict[str, Mapping[str, str]] = {}
    for value, one in (entry.mapping().get("domain") or _EMPTY).mapping().items():
        one.only("zh", "en", "spellings")
        spellings = one.get("spellings")
        titles[value] = {"zh": one.need("zh").text(), "en": one.need("en").text()}
        said = (*titles[value].values(), *(spellings.texts() if spellings else ()))
        domain[value] = tuple(dict.fromkeys(fold(word) for word in said))
    return FieldSpec(
        name=entry.need("name").text(),
        title=read_titles(entry.need("title")),
        aliases=aliases.texts() if aliases else (),
        type=kind.value if kind else "text",  # type: ignore[arg-type]
        required=required.flag() if required else False,
        domain=domain or None,
        titles=titles or None,
        pattern=pattern.text() if pattern else None,
        none_words=tuple(map(fold, none_words.texts())) if none_words else (),
        unit=unit.text() if unit else None,
        is_claim=claim.flag() if claim else False,
        question=read_titles(question) if question else None,
    )


_EMPTY = Entry(CATALOG, 0, "", {})
