"""Tests of analysis, loyalty."""
