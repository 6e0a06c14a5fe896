"""Why no plan exists: which promise must bend, and by how much."""

from optimizer.solving.diagnose.search import diagnose
from optimizer.solving.diagnosis import Diagnosis

__all__ = ["Diagnosis", "diagnose"]
