"""Speed, memory and proof, one command a table."""
