"""The public names and where each lives; loaded from here when it is first used."""

from optimizer.analysis import games as games
from optimizer.analysis.certainty.certainty import (
    Certainty as Certainty,
    certainty as certainty,
)
from optimizer.analysis.compare.compare import (
    Comparison as Comparison,
    compare as compare,
)
from optimizer.analysis.explain.marginal_cost import area_contributions as area_contributions
from optimizer.analysis.explain.operator_changes import operator_changes as operator_changes
from optimizer.analysis.explain.path_price import (
    PathPrices as PathPrices,
    path_price_of as path_price_of,
)
from optimizer.analysis.explain.price import (
    price_of as price_of,
    prices as prices,
)
from optimizer.analysis.explain.why import why as why
from optimizer.analysis.loyalty.election import (
    ElectionRisk as ElectionRisk,
    compare_election_risk as compare_election_risk,
    election_risk as election_risk,
)
from optimizer.analysis.loyalty.stability import (
    Stability as Stability,
    stability as stability,
)
from optimizer.analysis.many.runner import (
    Running as Running,
    RunProgress as RunProgress,
)
from optimizer.analysis.what_if.alternatives import (
    Alternatives as Alternatives,
    alternatives as alternatives,
)
from optimizer.analysis.what_if.demand_shortfall import demand_shortfall as demand_shortfall
from optimizer.analysis.what_if.frontier import (
    Frontier as Frontier,
    frontier as frontier,
)
from optimizer.analysis.what_if.robustness import (
    Robustness as Robustness,
    robustness as robustness,
)
from optimizer.analysis.what_if.scenarios import (
    Scenarios as Scenarios,
    scenarios as scenarios,
)
from optimizer.analysis.what_if.support_instruments import (
    SupportInstruments as SupportInstruments,
    support_instruments as support_instruments,
)
from optimizer.analysis.what_if.tariff_freedom import (
    TariffFreedom as TariffFreedom,
    tariff_freedom as tariff_freedom,
)
from optimizer.analysis.what_if.trade_off import (
    TradeOff as TradeOff,
    trade_off as trade_off,
)
from optimizer.analysis.what_if.zonal_offices import zonal_offices as zonal_offices
from optimizer.audit import Audit as Audit
from optimizer.errors import (
    AuditError as AuditError,
    InfeasibleError as InfeasibleError,
    InstanceError as InstanceError,
    NoPlanError as NoPlanError,
    OptimizerError as OptimizerError,
    PolicyError as PolicyError,
    Problem as Problem,
    StoreError as StoreError,
    UnconfirmedError as UnconfirmedError,
)
from optimizer.importing.import_region import import_region as import_region
from optimizer.importing.result import Imported as Imported
from optimizer.instance.calibrate import (
    Calibration as Calibration,
    Limits as Limits,
    calibrate as calibrate,
)
from optimizer.instance.instance import Instance as Instance
from optimizer.instance.reading.builders import instance_from_tables as instance_from_tables
from optimizer.instance.reading.read import read as read
from optimizer.instance.schema.demand_fields import Demand as Demand
from optimizer.instance.schema.fields import (
    Category as Category,
    Costs as Costs,
    Incomes as Incomes,
    Source as Source,
    Tariff as Tariff,
    Travel as Travel,
)
from optimizer.instance.schema.policy import Policy as Policy
from optimizer.instance.schema.uncertainty_fields import (
    Uncertain as Uncertain,
    Uncertainty as Uncertainty,
)
from optimizer.instance.schema.year_fields import Horizon as Horizon
from optimizer.instance.writing.templates import new_instance as new_instance
from optimizer.instance.writing.write import write as write
from optimizer.plausible.judge import (
    Plausibility as Plausibility,
    Suspicion as Suspicion,
    plausibility as plausibility,
)
from optimizer.plan.bill import (
    bill as bill,
    bill_table as bill_table,
)
from optimizer.plan.path.build import tariff_path as tariff_path
from optimizer.plan.path.path import TariffPath as TariffPath
from optimizer.plan.plan import (
    Outcome as Outcome,
    Plan as Plan,
)
from optimizer.plan.run_audit import audit_run as audit_run
from optimizer.plan.store import read_plan as read_plan
from optimizer.promises.own import OwnPromise as OwnPromise
from optimizer.report.data.page import data_report as data_report
from optimizer.report.workbook.region_workbook import (
    from_xlsx as from_xlsx,
    to_xlsx as to_xlsx,
)
from optimizer.solving.diagnose import (
    Diagnosis as Diagnosis,
    diagnose as diagnose,
)
from optimizer.solving.evaluation import (
    Evaluator as Evaluator,
    evaluate as evaluate,
)
from optimizer.solving.options import (
    Options as Options,
    Progress as Progress,
)
from optimizer.solving.plain_matrices import (
    Grouping as Grouping,
    group as group,
)
from optimizer.solving.run import (
    PlannerModel as PlannerModel,
    build_model as build_model,
    solve as solve,
    solve_model as solve_model,
)
from optimizer.tariffs.bill import Bill as Bill
from optimizer.tariffs.case import case_of as case_of
from optimizer.tariffs.schedule import (
    CategorySchedule as CategorySchedule,
    Schedule as Schedule,
)
from optimizer.workbench.opening import open as open

__all__: list[str]
__version__: str
