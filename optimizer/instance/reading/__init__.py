"""From files and tables to an instance; every problem is told at once."""
