"""What a plan looks like beside its tables: its pieces on the map, how sure its saving is."""
