"""Travel and neighbours recomputed."""
