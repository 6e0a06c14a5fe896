"""How plans are computed."""
