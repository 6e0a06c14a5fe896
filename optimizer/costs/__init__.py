"""What the one table of costs comes to: by town, by area, in any year and under any factor."""
