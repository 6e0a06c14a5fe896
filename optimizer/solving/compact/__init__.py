"""The compact Pyomo model, solved."""
