"""How sure the map is: the best plan of every draw, and what is worth knowing."""
