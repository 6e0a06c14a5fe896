"""Costs, bills, revenue, support and tariffs recomputed."""
