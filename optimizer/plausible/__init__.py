"""Could the numbers be true? Ranges with their sources, measured before anything is solved."""

from optimizer.plausible.judge import Plausibility, Suspicion, plausibility

__all__ = ["Plausibility", "Suspicion", "plausibility"]
