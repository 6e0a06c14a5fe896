"""Many plans: compare, vary, explain, and ask whether they hold."""
