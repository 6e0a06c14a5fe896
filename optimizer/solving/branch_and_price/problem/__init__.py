"""A case as branch and price sees it: arrays, group batches and their values, cuts, duals."""
