"""Why no plan exists: which promise must bend, and by how much."""

from optimizer.solving.diagnose.diagnosis import Diagnosis
from optimizer.solving.diagnose.search import diagnose

__all__ = ["Diagnosis", "diagnose"]
