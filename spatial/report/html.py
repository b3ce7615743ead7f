"""report.html: one file that a director can read, with the network off.

Tables are written by Jinja with autoescape; the map reads JSON that stands in the
page as data and is put on it by ``textContent``. A Content-Security-Policy allows
the scripts and the style that are ours, by hash, and nothing else: no request,
no inline handler, no image but ``data:`` and, where an office has chosen a base map,
those of its one host.
"""

from __future__ import annotations

import base64
import hashlib
import json
import re
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import jinja2

from layers.garbage import uncollected
from spatial.report.base_map import base_map_view
from spatial.report.page import page
from spatial.report.palette import HATCH_TILE, OUTCOME_CORNERS, hatch_strokes

if TYPE_CHECKING:
    from layers.base_map import BaseMap
    from spatial.report.content import ReviewContent
    from spatial.report.tiles import Tiles
    from spatial.text import Lang

_HERE = Path(__file__).parent
_TEMPLATES, _VENDOR = _HERE / "templates", _HERE / "vendor"
# In a script element only these can end it or be read as markup or a line's end.
_UNSAFE_IN_JSON = {ord(sign): f"\\u{ord(sign):04x}" for sign in "<>&\u2028\u2029"}


@uncollected()
def report_html(content: ReviewContent, lang: Lang = "zh") -> str:
    """Return the report as one HTML page.

    Parameters
    ----------
    content
        The review.
    lang
        Language of headings and sentences; data and quotes stay as they are.

    Returns
    -------
    str
        A page without any reference to another file or host. The same content
        gives the same text.
    """
    view = page(content, lang)
    return rendered(
        "report.html.j2",
        view,
        map_data=view.map_data,
        lang=lang,
        base_map=content.base_map,
        tiles=view.tiles,
    )


def rendered(
    template: str,
    view: object,
    *,
    map_data: dict[str, Any],
    lang: Lang,
    scripts: tuple[str, ...] = (),
    base_map: BaseMap | None = None,
    tiles: Tiles | None = None,
) -> str:
    """Return a page with the report's map, script and style.

    Parameters
    ----------
    template
        Name of a file in ``templates/``.
    view
        What the template prints, as ``page``.
    map_data
        What the script draws, plain data (see ``templates/report.js``).
    lang
        Language of the page.
    scripts
        Names of further scripts in ``templates/``.
    base_map
        What the office wants below the map. None: the page can ask for nothing.
    tiles
        Fine borders for where the reader zooms in. None: the page has no code for them.
    """
    leaflet = leaflet_js()
    base = None
    if base_map is not None and map_data["bounds"] is not None:
        base = base_map_view(base_map, map_data["bounds"], lang)
        map_data = map_data | {"base_map": base.data}
        scripts = ("base_map.js", *scripts)
    if tiles is not None:
        scripts = ("tiles.js", *scripts)
    own = tuple(_asset(_TEMPLATES / one) for one in (*scripts, "report.js"))
    style = leaflet_css() + _asset(_TEMPLATES / "report.css")
    return _template(template).render(
        page=view,
        base_map=base,
        lang=lang,
        data=safe_json(map_data),
        sheets=safe_json(tiles.sheets) if tiles else "",
        leaflet=leaflet,
        own=own,
        style=style,
        policy=_policy(
            scripts=(leaflet, *own), style=style, host=base.host if base else ""
        ),
    )


def rendered_plain(template: str, view: object, *, lang: Lang) -> str:
    """Return a page with the report's style and without any script.

    Parameters
    ----------
    template, view, lang
        As for `rendered`.
    """
    style = _asset(_TEMPLATES / "report.css")
    return _template(template).render(
        page=view, lang=lang, style=style, policy=_policy(scripts=(), style=style)
    )


def safe_json(value: object) -> str:
    r"""Return JSON that can stand in a ``<script type="application/json">``.

    Examples
    --------
    >>> print(safe_json({"name": "</script>"}))
    {"name":"\u003c/script\u003e"}
    """
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
    return text.translate(_UNSAFE_IN_JSON)


@cache
def leaflet_js() -> str:
    """Return Leaflet with its licence, ready to stand in a page."""
    licence = _asset(_VENDOR / "LICENSE.leaflet")
    code = _asset(_VENDOR / "leaflet.js").partition("//# sourceMappingURL")[0]
    return f"/*\n{licence}*/\n{code}"


@cache
def leaflet_css() -> str:
    """Return Leaflet's style without its pictures: none of them is used."""
    return re.sub(r"url\([^)]*\)", "none", _asset(_VENDOR / "leaflet.css"))


def _asset(path: Path) -> str:
    """Return a text file of ours with line feeds, as browsers hash it."""
    return path.read_text(encoding="utf-8").replace("\r\n", "\n")


def _policy(*, scripts: tuple[str, ...], style: str, host: str = "") -> str:
    """Return the Content-Security-Policy for the scripts and the style given.

    Pictures may come from `host`, where an office has chosen one for its base map.

    Leaflet sets positions through the object model (``element.style``), which a
    policy on styles does not concern: no ``unsafe-inline`` is needed.
    """
    allowed = " ".join(_hashed(script) for script in scripts) or "'none'"
    return (
        f"default-src 'none'; script-src {allowed}; style-src {_hashed(style)};"
        f" img-src {f'data: {host}'.rstrip()}; base-uri 'none'; form-action 'none'"
    )


def _hashed(text: str) -> str:
    digest = hashlib.sha256(text.encode("utf-8")).digest()
    return f"'sha256-{base64.b64encode(digest).decode()}'"


@cache
def _template(name: str) -> jinja2.Template:
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(_TEMPLATES, encoding="utf-8"),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    environment.globals.update(
        corners=OUTCOME_CORNERS, hatch=hatch_strokes, tile=HATCH_TILE
    )
    return environment.get_template(name)
