"""Both methods against a brute force that shares no code with them, on random regions."""
