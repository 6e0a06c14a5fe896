"""Tests of tariffs."""
