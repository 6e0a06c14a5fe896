"""Promises about what areas and plans need, raise and are paid."""
