"""Promises about who shares an operator."""
