"""Access lists of control units: a spreadsheet becomes requirements, row by row.

read_access_list("access_list.xlsx", id="list", layer="units", title="...")
checked(found, units)     the same list, held against its layer of units
"""

from layers.accesslist.check import checked
from layers.accesslist.read import read_access_list

__all__ = ["checked", "read_access_list"]
