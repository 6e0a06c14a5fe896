"""Where a computation stands, sub-clocks, and parts of a region as problems of their own."""
