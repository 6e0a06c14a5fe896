"""Large regions: spatial blocks, block dual ascent, completion."""
