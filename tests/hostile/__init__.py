"""Files that nobody should have to bring: made by the tests themselves."""
