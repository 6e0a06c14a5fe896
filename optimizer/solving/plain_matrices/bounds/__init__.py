"""Bounds from town duals, and branch and bound on seats."""
