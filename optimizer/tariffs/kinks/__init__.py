"""The tiny tariff programmes of many groups at once, solved as piecewise-linear functions."""
