"""Cells to numbers, shares, codes and places; every repair is said."""
