"""Many files of rows → the sheets of one workbook."""
