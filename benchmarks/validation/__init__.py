"""The field's figures against the engine's: ``python -m benchmarks.validation --data FOLDER``."""
