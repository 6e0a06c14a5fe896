"""Participation and core recomputed."""
