"""Names from data become names of files, folders, layers and fields: one way only.

A name in a file may be a weapon: it climbs out of a folder, names a device, turns the
reading order, hides a table of a GeoPackage, or is longer than a file system takes.
`safe_name` makes it harmless, `safe_names` keeps the way back, and `inside` refuses
every path that leaves its folder.
"""

from __future__ import annotations

import re
import string
import unicodedata
from pathlib import Path, PurePosixPath, PureWindowsPath
from typing import TYPE_CHECKING

from layers.errors import InputRefusedError

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

MAX_BYTES = 80
"""Of UTF-8: file systems take 255, and suffixes and extensions come on top."""
STAND_IN = "_"

_FORBIDDEN = frozenset("/\\<>:\"|?*'`" + "!;#")
# The last three do a file system no harm, but pyogrio takes a path for an address:
# it looks for an archive before "!" and cuts the extension off at ";" and "#".
# Controls, direction marks and zero-width signs, surrogates, unassigned, line ends.
_UNSEEN = ("Cc", "Cf", "Cs", "Cn", "Zl", "Zp")
# The superscript digits count too: Windows takes COM and a superscript 1 for a port.
_DEVICE = re.compile(
    "(con|prn|aux|nul|clock\\$|conin\\$|conout\\$|(com|lpt)[0-9\u00b9\u00b2\u00b3])"
    "[ ]*(\\..*)?",
    re.IGNORECASE,
)
# Tables of SQLite, GeoPackage and QGIS: a layer of that name would be one of them.
_TABLE = re.compile(r"(sqlite_|gpkg_|rtree_|layer_styles$)", re.IGNORECASE)


def safe_name(text: str, *, used: Iterable[str] = ()) -> str:
    r"""Return a name that is harmless as a file, folder, layer or field.

    Parameters
    ----------
    text
        Any text.
    used
        Names that are taken. Names that differ in case alone count as one: they are
        one file on Windows and macOS, and one table in a GeoPackage.

    Returns
    -------
    str
        NFC, 1 to 80 bytes of UTF-8, cut between characters; without separators,
        quotes, ``!;#``, control and direction characters, punctuation at the start,
        dots and blanks at the end; no device of Windows, no table of GeoPackage. A
        name that is safe already comes back as it is, however often.

    Examples
    --------
    >>> safe_name("../../etc/passwd"), safe_name("CON"), safe_name("北山红线")
    ('_.._.._etc_passwd', '_CON', '北山红线')
    >>> safe_name("Zone", used=["zone", "zone~2"])
    'Zone~3'
    """
    name = _harmless(text)
    taken = {_key(one) for one in used}
    free, number = name, 1
    while _key(free) in taken:
        number += 1
        suffix = f"~{number}"
        free = _cut(name, MAX_BYTES - len(suffix)) + suffix
    return free


def safe_names(texts: Iterable[str]) -> Mapping[str, str]:
    """Return safe name to original text, in order; no two safe names are alike.

    Examples
    --------
    >>> dict(safe_names(["a/b", "a:b", "A_B"]))
    {'a_b': 'a/b', 'a_b~2': 'a:b', 'A_B~3': 'A_B'}
    """
    found: dict[str, str] = {}
    for text in texts:
        found[safe_name(text, used=found)] = text
    return found


def inside(root: Path, name: str) -> Path:
    """Return the path of `name` in the folder `root`.

    Parameters
    ----------
    root
        A folder; it need not exist.
    name
        A relative path. What Windows would take for an absolute path or a drive is
        refused everywhere: results move between machines.

    Raises
    ------
    InputRefusedError
        The path is `root` itself or lies outside of it, through ``..``, a drive, or a
        link that stands in the folder.
    """
    flavours = (PurePosixPath(name), PureWindowsPath(name))
    climbs = any(one.anchor or ".." in one.parts for one in flavours)
    if climbs or "\0" in name:
        raise _refused(root, name)
    base = root.resolve()
    target = (base / name).resolve()
    if base not in target.parents:
        raise _refused(root, name)
    return target


def _refused(root: Path, name: str) -> InputRefusedError:
    """Return the error for a name that leaves its folder."""
    return InputRefusedError(
        source=ascii(name),
        expected=f"a name inside the folder {root.name!r}",
        got="a path that is not below it",
        todo="use layers.names.safe_name for names that come from data",
    )


def _harmless(text: str) -> str:
    """Return the name before anybody asks whether it is taken."""
    signs = (_sign(one) for one in unicodedata.normalize("NFC", text))
    # Replacing a sign may leave two that join: composing again settles it.
    name = unicodedata.normalize("NFC", "".join(signs)).strip(" ")
    # A dot hides a file, a hyphen is an option, GDAL refuses a layer that so begins.
    if name[:1] in string.punctuation:
        name = STAND_IN + name.removeprefix(STAND_IN)
    name = _cut(name, MAX_BYTES)
    if _DEVICE.fullmatch(name) or _TABLE.match(name):
        name = _cut(STAND_IN + name, MAX_BYTES)
    return name or STAND_IN


def _sign(sign: str) -> str:
    """Return a character, or what stands in its place."""
    category = unicodedata.category(sign)
    if category == "Zs":
        return " "
    return STAND_IN if sign in _FORBIDDEN or category in _UNSEEN else sign


def _cut(name: str, limit: int) -> str:
    """Return at most `limit` bytes, no character cut, no dot or blank at the end."""
    room = len(name.encode()[:limit].decode(errors="ignore"))
    # A mark that would be cut off belongs to the character before it.
    while 0 < room < len(name) and unicodedata.combining(name[room]):
        room -= 1
    return name[:room].rstrip(". ")


def _key(name: str) -> str:
    """Return a name as file systems that ignore case compare it."""
    return unicodedata.normalize("NFC", unicodedata.normalize("NFD", name).casefold())
