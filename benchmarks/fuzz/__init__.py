"""Mutated regions, layers, settings, runs and tables, and what the engine makes of them."""
