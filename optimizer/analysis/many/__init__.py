"""Many plans at once: workers, runs kept and resumed, starts from neighbours."""
