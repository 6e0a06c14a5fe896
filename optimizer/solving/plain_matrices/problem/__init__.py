"""The grouping problem as plain matrices."""
