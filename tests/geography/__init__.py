"""Tests of geography."""
