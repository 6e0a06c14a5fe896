"""Tests of solving, branch_and_price."""
