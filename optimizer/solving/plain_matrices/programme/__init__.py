"""The assignment programme, its cuts, and plans on the way."""
