"""Maps of plans, static and on the page."""
