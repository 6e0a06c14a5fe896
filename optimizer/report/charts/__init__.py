"""Charts of plans, paths and calibrations."""
