"""The restricted master, the column pool, the choice among columns."""
