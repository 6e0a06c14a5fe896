"""Operating costs from a table of providers: fixed, per connection, per m3, and how sure."""

from __future__ import annotations

from optimizer.instance.calibrate.read import Limits
from optimizer.instance.calibrate.result import Calibration
from optimizer.instance.calibrate.run import calibrate

__all__ = ["Calibration", "Limits", "calibrate"]
