"""Every field of every file: name, unit, bounds, default, meaning."""
