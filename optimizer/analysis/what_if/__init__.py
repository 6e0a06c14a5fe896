"""What changes if data or promises change: frontiers, scenarios, alternatives, robustness."""
