"""Files of any kind to sheets: rows as they come, with the header found."""
