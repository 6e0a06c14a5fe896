"""From a planner's own files to a region: tables, layers and workbooks of any shape."""
