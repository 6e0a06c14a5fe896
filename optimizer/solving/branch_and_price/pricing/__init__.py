"""The pricing problem: groups of a seat below a threshold of reduced cost."""
