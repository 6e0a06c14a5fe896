"""Why no plan exists: which promise must bend, and by how much."""

from optimizer.solving.diagnose.diagnosis import Diagnosis
from optimizer.solving.diagnose.search import SECONDS_IN_SOLVE, diagnose

__all__ = ["SECONDS_IN_SOLVE", "Diagnosis", "diagnose"]
