"""Reading of uploaded tables: what the file is, how it is written, its rows in bounded memory.

`sniff(file)` recognises a file and gives a Sheet; `survey(sheet)` reads it all and reports counts, problems
and formats of its columns; `open_sheet(file, dialect, headers)` reads it again later without guessing.
"""

from crm_core.imports.reading.dialects import Dialect
from crm_core.imports.reading.encodings import ENCODINGS
from crm_core.imports.reading.formats import DateFormat, NumberFormat
from crm_core.imports.reading.limits import LIMITS, Limits, Row
from crm_core.imports.reading.sheets import Sheet, open_sheet, sniff
from crm_core.imports.reading.survey import Column, Problem, Survey, glance, survey

__all__ = [
    "ENCODINGS",
    "LIMITS",
    "Column",
    "DateFormat",
    "Dialect",
    "Limits",
    "NumberFormat",
    "Problem",
    "Row",
    "Sheet",
    "Survey",
    "glance",
    "open_sheet",
    "sniff",
    "survey",
]
