"""The workbook: one sheet a table."""
