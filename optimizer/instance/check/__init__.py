"""Checks of tables and settings, alone and against each other."""
