"""Why no plan exists: which promise must bend, and by how much."""

from optimizer.solve.diagnose.search import diagnose
from optimizer.solve.diagnosis import Diagnosis

__all__ = ["Diagnosis", "diagnose"]
