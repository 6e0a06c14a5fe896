"""Proof by enumeration below the gap, and rounding of area counts."""
