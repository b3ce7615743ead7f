"""The ledger handed on: workbook, GeoPackage, case file, statistics.

What is known of reporters is in none of them unless it is asked for by a role that may.
"""

from spatial.ledger.export.case_file import case_document, write_case_file
from spatial.ledger.export.forms import Form, FormColumn, load_form
from spatial.ledger.export.geopackage import write_geopackage
from spatial.ledger.export.statistics import (
    group_title,
    statistics_document,
    write_statistics,
)
from spatial.ledger.export.workbook import write_workbook

__all__ = [
    "Form",
    "FormColumn",
    "case_document",
    "group_title",
    "load_form",
    "statistics_document",
    "write_case_file",
    "write_geopackage",
    "write_statistics",
    "write_workbook",
]
