"""Plans side by side: differences by town, winners and losers, towns that move."""
