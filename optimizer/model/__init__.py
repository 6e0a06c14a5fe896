"""What may be decided: the compact Pyomo model and its formula page."""
