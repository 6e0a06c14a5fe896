"""Tests of solving, plain_matrices."""
