"""A review in an office's own Word template: tags in, words out.

The template is a Word file with tags such as ``{{ title }}`` and ``{% for one in sites
%}`` (docxtpl). What they may name is `template_context`: plain words and lists of
words. Values are escaped and never read as tags, markup or fields; a tag that names
nothing is an error and not an empty place. Tags run in a sandbox.
"""

from __future__ import annotations

import io
import zipfile
from typing import TYPE_CHECKING, Any

from jinja2 import StrictUndefined, TemplateError
from jinja2.sandbox import ImmutableSandboxedEnvironment

from layers.errors import ExtraMissingError, InputRefusedError
from spatial.report.one_file import written
from spatial.report.page import counts, facts, summary
from spatial.report.site_page import site_view
from spatial.report.words import (
    M2_PER_HA,
    M2_PER_MU,
    cited,
    heading,
    kind_title,
    number,
    percent,
    say,
    visible,
)

try:
    import docxtpl

    from spatial.report.word_parts import timeless
except ImportError:  # pragma: no cover  the extra is there where tests run
    docxtpl = None

if TYPE_CHECKING:
    from pathlib import Path

    from spatial.report.content import OverlapRecord, ReviewContent, SiteRecord
    from spatial.text import Lang

OFFICE_FILE = "office.docx"
"""Name of what a template gives."""
_MOST_BYTES = 64 << 20  # of a template, unpacked
_BODY = "word/document.xml"


def template_context(content: ReviewContent, lang: Lang = "zh") -> dict[str, Any]:
    """Return what the tags of a template may name.

    Parameters
    ----------
    content
        The review; one cut down to a site (`spatial.Review.only`) has ``site`` too.
    lang
        Of the words; data and quotes stay as they are.

    Returns
    -------
    dict
        Texts and lists alone, numbers as they are printed; "" for what is not known:

        ``title``, ``office``, ``on``, ``region``, ``run_id``, ``summary``, ``promise``
            Texts. The promise says what "no conflict" means: print it with outcomes.
        ``notices``
            Texts that have to be printed: that data are made up, for example.
        ``counts``
            ``outcome``, ``label``, ``meaning``, ``count``.
        ``sites``
            ``id``, ``name``, ``outcome``, ``sign``, ``label``, ``meaning``,
            ``deciding``, ``area_m2``, ``area_ha``, ``area_mu``, ``length_m``,
            ``stable``; ``facts``: ``label``, ``text``; ``zones``: ``kind``, ``id``,
            ``name``, ``area_m2``, ``share``, ``distance_m``; ``clauses``: ``rule``,
            ``title``, ``label``, ``cited``, ``quote``, ``edition``, ``status``,
            ``why``; ``unknowns`` and ``asked``: texts.
        ``site``
            The one of ``sites``, where there is one alone.
        ``inputs``
            ``name``, ``sha256``.
    """
    told = counts(content, lang)
    lists = {one.id: one.title for one in content.access_lists}
    sites = [_site(one, lists, lang) for one in content.sites]
    (_, on), (_, region), *_ = facts(content, lang)
    context: dict[str, Any] = {
        "title": heading(content.about, lang),
        "office": visible(content.title),
        "on": on,
        "region": region,
        "run_id": content.run_id,
        "summary": summary(told, lang),
        "promise": say("summary.promise", lang),
        "notices": [visible(one) for one in content.notices],
        "counts": [
            {
                "outcome": one.outcome,
                "label": one.label,
                "meaning": one.meaning,
                "count": str(one.count),
            }
            for one in told
        ],
        "sites": sites,
        "inputs": [
            {"name": visible(name), "sha256": sha256}
            for name, sha256 in sorted(content.inputs.items())
        ],
    }
    if len(sites) == 1:
        context["site"] = sites[0]
    return context


def _site(site: SiteRecord, lists: dict[str, str], lang: Lang) -> dict[str, Any]:
    """Return what a template may say of a site."""
    view = site_view(site, place=0, lang=lang, lists=lists)
    area = site.area_m2
    return {
        "id": view.site_id,
        "name": view.name,
        "outcome": str(site.outcome),
        "sign": view.sign,
        "label": view.label,
        "meaning": say(f"meaning.{site.outcome}", lang),
        "deciding": view.deciding,
        "area_m2": _number(area, 2, lang),
        "area_ha": _number(None if area is None else area / M2_PER_HA, 4, lang),
        "area_mu": _number(None if area is None else area / M2_PER_MU, 2, lang),
        "length_m": _number(site.length_m, 1, lang),
        "stable": say(f"stable.{view.stable}.long", lang),
        "facts": [{"label": label, "text": text} for label, text in view.facts],
        "zones": [_zone(one, lang) for one in site.overlaps],
        "clauses": [
            {
                "rule": one.rule,
                "title": one.rule_title,
                "label": one.label,
                "cited": visible(cited(record, lang)),
                "quote": one.citation.quote,
                "edition": one.citation.edition,
                "status": one.citation.status_text,
                "why": "\n".join(one.because),
            }
            for record, one in zip(site.findings, view.findings, strict=True)
        ],
        "unknowns": list(dict.fromkeys(one.why for one in view.questions)),
        "asked": [one.question for one in view.asked],
    }


def _zone(one: OverlapRecord, lang: Lang) -> dict[str, str]:
    return {
        "kind": kind_title(one.kind, lang),
        "id": visible(str(one.zone_id)),
        "name": visible(str(one.zone_name or "")),
        "area_m2": _number(one.area_m2, 2, lang),
        "share": "" if one.share_of_site is None else percent(one.share_of_site, lang),
        "distance_m": _number(one.distance_m, 3, lang),
    }


def _number(value: float | None, decimals: int, lang: Lang) -> str:
    return "" if value is None else number(value, decimals, lang)


def write_from_template(
    content: ReviewContent, template: Path, path: Path, *, lang: Lang = "zh"
) -> None:
    """Write a review in an office's own Word template.

    Parameters
    ----------
    content, lang
        As of `template_context`.
    template
        A Word file (.docx) with tags.
    path
        File to write; an existing one is replaced.

    Raises
    ------
    ExtraMissingError
        docxtpl is not installed (extra ``report``).
    InputRefusedError
        The template is no Word file, or a tag is wrong or names nothing.
    OutputRefusedError
        The file cannot be written.

    Notes
    -----
    The same review and template give the same bytes.
    """
    made = _filled(_checked(template), template, template_context(content, lang))
    written(path, lambda part: part.write_bytes(made))


def _checked(template: Path) -> bytes:
    """Return the bytes of a template; refuse what is none."""
    if docxtpl is None:
        raise ExtraMissingError(extra="report", needed_for="an office's Word template")
    try:
        content = template.read_bytes()
        with zipfile.ZipFile(io.BytesIO(content)) as file:
            unpacked = sum(one.file_size for one in file.infolist())
            names = set(file.namelist())
    except FileNotFoundError:
        raise _refused(template, "no such file") from None
    except (zipfile.BadZipFile, OSError) as error:
        raise _refused(template, f"another file ({error})") from error
    if _BODY not in names:
        raise _refused(template, f"an archive without {_BODY}")
    if unpacked > _MOST_BYTES:
        raise _refused(template, f"{unpacked} bytes unpacked, above {_MOST_BYTES}")
    return content


def _refused(template: Path, got: str, todo: str = "") -> InputRefusedError:
    return InputRefusedError(
        source=template,
        expected="a Word template (.docx) with tags that docs/report.md lists",
        got=got,
        todo=todo or "save the template in Word as .docx, not as .doc, .docm or .dotx",
    )


def _filled(content: bytes, template: Path, context: dict[str, Any]) -> bytes:
    """Return a template with its tags replaced, as the bytes of a Word file."""
    tags = ImmutableSandboxedEnvironment(undefined=StrictUndefined, autoescape=True)
    try:
        document = docxtpl.DocxTemplate(io.BytesIO(content))
        document.render(context, jinja_env=tags, autoescape=True)
        made = io.BytesIO()
        document.save(made)
    except TemplateError as error:
        known = ", ".join(sorted(context))
        raise _refused(
            template,
            f"a tag that cannot be filled ({error.message})",
            f"correct the tag; a template may name {known}, and site in a report on"
            " one site",
        ) from error
    except (ValueError, KeyError, SyntaxError) as error:
        raise _refused(template, f"another file ({error})") from error
    return timeless(made)
