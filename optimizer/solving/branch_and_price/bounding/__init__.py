"""Column generation, the Lagrangian bound, cut rounds, the lazy core."""
