"""Spaces of prices in parts: rays of a cone, categories with prices of their own."""
