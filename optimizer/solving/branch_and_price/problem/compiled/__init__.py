"""Inner loops on single groups as machine code."""
