"""Travel between towns from any layer of roads: speeds, one-way, ferries, gaps, snapping, hours."""
