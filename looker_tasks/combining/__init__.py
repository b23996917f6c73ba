"""Many artifacts become one file: a PDF with bookmarks, an XLSX with sheets, or a ZIP.

    combine([Part(path, title, result_format), …], "all.pdf", "pdf")

Everything here blocks and holds no state: the caller runs it in a worker thread or process. The libraries of the extra
`combine` are imported by `combine` alone, not by this import; what a form takes (`PART_FORMATS`) is known without them.

    parts                                   Part, the forms, and which result formats each form takes (pure)
    pdf                                     pages and bookmarks             (pikepdf, img2pdf, Pillow)
    sheets: workbook, sheet, sheet_names    the XLSX and its sheets         (xlsxwriter; names: pure)
    tables, text_tables,
    sheets.sheet_tables                     what a part holds, row by row   (ijson, openpyxl)
    exact_numbers                           which text is a number without loss (pure)
    archive, member_names                   the ZIP and its members         (names: pure)
"""

from looker_tasks.combining.combine import combine
from looker_tasks.combining.parts import PART_FORMATS, Form, Part, form_of

__all__ = ["PART_FORMATS", "Form", "Part", "combine", "form_of"]
