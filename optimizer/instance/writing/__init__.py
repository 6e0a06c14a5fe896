"""From an instance to files, to a dictionary of fields, to the screen."""
