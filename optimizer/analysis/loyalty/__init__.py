"""Would every mayor stay? Stability, cost shares and elections."""
