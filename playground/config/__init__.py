"""RunConfig: every setting of a run, with its default, limits, unit and help text.

A run is a pure function of its RunConfig, so this is also where a run gets its name: the SHA-256 of
the config's canonical JSON. Limits stand here once, on the field; the sidebar, links, files and the
command line all read them from here. Settings are addressed by dotted paths such as
``optimizer.learning_rate``.
"""

from playground.config.data import Data, Download, Drawing, Published
from playground.config.datasets import (
    Cifar10,
    Digits,
    OwnImages,
    ShiftedDigits,
    name_problem,
    normalized_name,
)
from playground.config.network import CNN, MLP, ConvBlock
from playground.config.optimizer import (
    SGD,
    Adadelta,
    Adagrad,
    Adam,
    AdamW,
    AMSGrad,
    Momentum,
    Nesterov,
    RMSprop,
)
from playground.config.parsing import (
    MAX_FILE_BYTES,
    from_file,
    from_json,
    from_values,
    with_settings,
)
from playground.config.part import ConfigError, Part
from playground.config.regularization import EarlyStopping, Regularization, Run
from playground.config.runconfig import (
    DATA_KINDS,
    KINDS,
    OPTIMIZER_KINDS,
    ArchitectureConfig,
    DataConfig,
    OptimizerConfig,
    RunConfig,
    ScheduleConfig,
    as_text,
    beginning,
    differences,
    flat,
    label_at,
    problem_at,
)
from playground.config.schedule import Constant, Cosine, OneCycle, Step, Triangle, WarmUp
from playground.config.setting import Setting, setting_of, settings_of

__all__ = [
    "CNN",
    "DATA_KINDS",
    "KINDS",
    "MAX_FILE_BYTES",
    "MLP",
    "OPTIMIZER_KINDS",
    "SGD",
    "AMSGrad",
    "Adadelta",
    "Adagrad",
    "Adam",
    "AdamW",
    "ArchitectureConfig",
    "Cifar10",
    "ConfigError",
    "Constant",
    "ConvBlock",
    "Cosine",
    "Data",
    "DataConfig",
    "Digits",
    "Download",
    "Drawing",
    "EarlyStopping",
    "Momentum",
    "Nesterov",
    "OneCycle",
    "OptimizerConfig",
    "OwnImages",
    "Part",
    "Published",
    "RMSprop",
    "Regularization",
    "Run",
    "RunConfig",
    "ScheduleConfig",
    "Setting",
    "ShiftedDigits",
    "Step",
    "Triangle",
    "WarmUp",
    "as_text",
    "beginning",
    "differences",
    "flat",
    "from_file",
    "from_json",
    "from_values",
    "label_at",
    "name_problem",
    "normalized_name",
    "problem_at",
    "setting_of",
    "settings_of",
    "with_settings",
]
