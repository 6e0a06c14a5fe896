"""The data report: what a region's data look like before anything is solved."""
