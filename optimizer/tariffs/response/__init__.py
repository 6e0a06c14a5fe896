"""Demand that responds: consumption at a price, and the menu of schedules."""
