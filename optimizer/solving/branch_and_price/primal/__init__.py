"""Plans: merging, assignment, diving, moves, windows, large neighbourhoods."""
