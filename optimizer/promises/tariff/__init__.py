"""Promises about what customers are charged."""
