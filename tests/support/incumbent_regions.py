"""Random regions with operators that exist, with and without locks."""

from __future__ import annotations

import numpy as np
import pandas as pd

from optimizer.instance.incumbents import LOCKS
from optimizer.instance.instance import Instance
from optimizer.instance.schema.policy import Policy
from tests.support.regions import random_region

__all__ = ["free", "with_incumbents"]


def with_incumbents(
    seed: int, *, towns: int = 4, policy: Policy | None = None, locks: float = 0.5
) -> Instance:
    """A random region with one or two operators that exist, cheap enough to be wanted at times."""
    region = random_region(seed, towns=towns, policy=policy)
    rng = np.random.default_rng(1000 + seed)
    keys = [str(key) for key in rng.permutation(region.towns.index)]
    models = region.operator_models
    rows = []
    for at in range(1 + seed % 2):
        like = models.iloc[int(rng.integers(len(models)))].to_dict()
        others = [keys[2]] if at == 0 and rng.random() < 0.6 else []
        rows.append(
            {
                **like,
                "operator_model": f"utility {at + 1}",
                "overhead_year": float(like["overhead_year"] * rng.uniform(0.3, 1.1)),
                "connections_least": 0.0,
                "connections_most": float(rng.choice([8_000.0, 60_000.0])),
                "efficiency": float(rng.choice([0.9, 1.0, 1.1])),
                "seat": keys[at],
                "towns_today": "; ".join(others),
                **{lock: bool(rng.random() >= locks) for lock in LOCKS},
            }
        )
    more = pd.DataFrame(rows).set_index("operator_model")[models.columns]
    return region.replace(operator_models=pd.concat([models, more]))


def free(region: Instance) -> Instance:
    """The region in which its existing operators may do everything."""
    models = region.operator_models.assign(**dict.fromkeys(LOCKS, True))
    return region.replace(operator_models=models)
