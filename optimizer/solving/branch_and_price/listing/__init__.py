"""All groups of every seat listed and valued once: where reach is small and values are hard."""
