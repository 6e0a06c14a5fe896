"""Areas and loads listed, priced and chosen."""
