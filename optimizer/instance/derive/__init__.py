"""What the planner left open, filled and said to be derived."""
