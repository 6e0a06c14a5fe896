"""Groups of towns that would leave their area, and what would keep them."""
