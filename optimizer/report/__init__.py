"""How a plan is shown: map, charts, page, workbook."""
