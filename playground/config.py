"""RunConfig: every setting of a run, with its default, limits, unit and help text.

A run is a pure function of its RunConfig, so this is also where a run gets its name: the SHA-256 of
the config's canonical JSON. Limits stand here once, on the field; the sidebar, links, files and the
command line all read them from here. Settings are addressed by dotted paths such as
``optimizer.learning_rate``.
"""

import hashlib
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Annotated, Any, ClassVar, Literal, Self

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Discriminator,
    Field,
    Tag,
    ValidationError,
    model_validator,
)


class ConfigError(ValueError):
    """Settings from outside that cannot be used; ``problems`` holds one sentence for each."""

    def __init__(self, problems: list[str]) -> None:
        super().__init__("\n".join(problems))
        self.problems = problems


class Part(BaseModel):
    """A frozen group of settings; unknown names are refused."""

    model_config = ConfigDict(
        frozen=True, extra="forbid", allow_inf_nan=False, use_attribute_docstrings=False
    )
    tag: ClassVar[str | None] = None
    """The field that names the kind, where the part comes in several kinds."""


def _setting(default: Any, label: str, help: str, *, unit: str = "", **limits: Any) -> Any:
    """A field with its label, its help for people in class, its unit and its limits."""
    return Field(default, title=label, description=help, json_schema_extra={"unit": unit}, **limits)


def _widths(value: Any) -> Any:
    """Read ``"64-32-16"`` (also with commas, spaces or x between) as a list of whole numbers."""
    if isinstance(value, str):
        return [part for part in re.split(r"[-,;x×\s]+", value.strip()) if part not in ("", "none")]
    if isinstance(value, int) and not isinstance(value, bool):
        return [value]
    return value


def _blocks(value: Any) -> Any:
    """Read a JSON list, as links and ``--set`` carry it."""
    if isinstance(value, str):
        try:
            return json.loads(value)
        except ValueError:
            return value
    return value


Width = Annotated[int, Field(ge=1, le=8192)]
Channels = Annotated[int, Field(ge=1, le=1024)]
Activation = Literal[
    "relu", "leaky_relu", "prelu", "elu", "gelu", "silu", "tanh", "sigmoid", "none"
]
Dropout = Annotated[float, Field(ge=0, le=0.95)]

# --- data --------------------------------------------------------------------------------------


class _Data(Part):
    tag = "name"

    train_images: Annotated[int, Field(ge=20, le=1_000_000)] | Literal["all"] = _setting(
        "all",
        "Training images",
        "How many images of the training split are used; validation images are taken out of these. "
        "A smaller number trains faster and overfits sooner.",
        unit="images",
    )
    validation: Literal["random", "end", "test", "none"] = _setting(
        "random",
        "Validation images",
        "Images kept out of training to see how the network does on what it has not seen: drawn at "
        "random, the last ones (as Keras does), the test images themselves (as some articles do; "
        "the test figure is then no longer independent), or none.",
    )
    validation_fraction: float = _setting(
        0.2,
        "Validation fraction",
        "The share of the training images that is kept for validation.",
        ge=0.01,
        le=0.5,
    )
    scaling: Literal["raw", "unit", "symmetric", "standard"] = _setting(
        "unit",
        "Pixel scaling",
        "What the network sees: the raw numbers, 0 to 1, −1 to 1, or each colour channel shifted "
        "and stretched to mean 0 and deviation 1 over the training images.",
    )
    flip: bool = _setting(
        False,
        "Flip left to right",
        "Mirrors half of the training images at random in each epoch. Good for photographs, "
        "wrong for digits.",
    )
    crop: int = _setting(
        0,
        "Random shift",
        "Pads each training image by this many pixels and cuts a piece of the old size out at "
        "random, so things stand in other places each epoch. 0 is off.",
        unit="pixels",
        ge=0,
        le=16,
    )
    cutout: int = _setting(
        0,
        "Cutout",
        "Blanks a random square of this side in each training image, so the network cannot rely "
        "on one spot. 0 is off.",
        unit="pixels",
        ge=0,
        le=32,
    )
    label_noise: float = _setting(
        0.0,
        "Label noise",
        "The share of training labels replaced by a random other class; shows how a network "
        "learns mistakes by heart.",
        ge=0,
        le=0.9,
    )
    split_seed: int = _setting(
        42,
        "Split seed",
        "Decides which images go to training, validation and test; keep it to compare runs on "
        "the same images.",
        ge=0,
        le=2**32 - 1,
    )


TestFraction = Annotated[float, Field(ge=0.10, le=0.40)]


class Digits(_Data):
    """scikit-learn's 1,797 handwritten digits of 8×8 grey pixels, 0 to 16."""

    name: Literal["digits"] = "digits"
    test_fraction: TestFraction = _setting(
        0.25,
        "Test fraction",
        "The share of all images kept aside for the test at the very end.",
    )


class Cifar10(_Data):
    """60,000 photographs of 32×32 colour pixels in ten classes; 10,000 of them are the test."""

    name: Literal["cifar10"] = "cifar10"
    train_images: Annotated[int, Field(ge=20, le=50_000)] | Literal["all"] = _setting(
        10_000,
        "Training images",
        "How many of the 50,000 training images are used; validation images are taken out of "
        "these. 10,000 keep a class waiting less.",
        unit="images",
    )


class OwnImages(_Data):
    """Images from an .npz file in the data folder."""

    name: Literal["npz"] = "npz"
    file: str = _setting(
        "images.npz",
        "File",
        "The name of an .npz file in the data folder, with x_train and y_train, and x_test and "
        "y_test if it has its own test images.",
        pattern=r"^[A-Za-z0-9_][A-Za-z0-9_. -]{0,100}\.npz$",
    )
    test_fraction: TestFraction = _setting(
        0.25,
        "Test fraction",
        "The share of all images kept aside for the test, where the file has no test images.",
    )


# --- architecture ------------------------------------------------------------------------------


class _Architecture(Part):
    tag = "kind"

    activation: Activation = _setting(
        "relu",
        "Activation",
        "The function after each layer that lets a network learn more than a straight line.",
    )
    dropout: Dropout = _setting(
        0.0,
        "Dropout",
        "The share of values set to zero at random while training, so that no value is relied on "
        "alone. 0 is off.",
    )
    dropout_at: Literal["before_dense", "after_first", "after_each", "before_output"] = _setting(
        "after_each",
        "Dropout stands",
        "Where dropout stands among the dense layers: before the first one, after the first one, "
        "after each hidden one, or before the last one.",
    )
    batch_norm: bool = _setting(
        False,
        "Batch norm in dense layers",
        "Brings each hidden layer's values to mean 0 and deviation 1 over the batch, which "
        "steadies and speeds up training.",
    )
    initialization: Literal[
        "pytorch", "xavier_uniform", "xavier_normal", "kaiming_uniform", "kaiming_normal"
    ] = _setting(
        "pytorch",
        "Initialisation",
        "How the weights are drawn before training begins (Xavier is also called Glorot).",
    )
    bias: Annotated[float, Field(ge=-10, le=10)] | Literal["pytorch"] = _setting(
        "pytorch",
        "Initial bias",
        "The number every bias starts at, or PyTorch's small random ones.",
    )


class MLP(_Architecture):
    """A multi-layer perceptron: dense layers on the flattened image."""

    kind: Literal["mlp"] = "mlp"
    hidden: Annotated[tuple[Width, ...], BeforeValidator(_widths)] = _setting(
        (32, 16),
        "Hidden layers",
        "How many units each hidden layer has, such as 64-32-16; empty for none.",
        max_length=32,
    )


class ConvBlock(Part):
    """One or more convolutions of the same kernel, then a pooling."""

    channels: Annotated[tuple[Channels, ...], BeforeValidator(_widths)] = _setting(
        (32,),
        "Channels",
        "How many feature maps each convolution of this block makes, such as 32 or 64-64.",
        min_length=1,
        max_length=8,
    )
    kernel: int = _setting(
        3, "Kernel", "The side of the square each convolution looks at.", unit="pixels", ge=1, le=7
    )
    padding: Literal["same", "none"] = _setting(
        "same",
        "Padding",
        "Same keeps the image's size by adding zeros around it; none lets it shrink.",
    )
    batch_norm: Literal["none", "each", "first", "input"] = _setting(
        "none",
        "Batch norm",
        "After each convolution, after the block's first one, or before the block.",
    )
    pool: Literal["max", "average", "none"] = _setting(
        "max",
        "Pooling",
        "Halves the image: the largest or the mean of each 2×2 square, or no pooling.",
    )
    dropout: Dropout = _setting(
        0.0, "Dropout", "The share of values set to zero at random while training; 0 is off."
    )
    dropout_kind: Literal["values", "channels"] = _setting(
        "values", "Dropout of", "Single values, or whole channels at once."
    )
    dropout_at: Literal["before_pool", "after_pool"] = _setting(
        "after_pool", "Dropout stands", "Before or after the pooling."
    )


class CNN(_Architecture):
    """A convolutional network: 1×1 pyramid, blocks of convolutions, then dense layers."""

    kind: Literal["cnn"] = "cnn"
    pyramid: Annotated[tuple[Channels, ...], BeforeValidator(_widths)] = _setting(
        (),
        "1×1 pyramid",
        "Channel counts of 1×1 convolutions before the blocks, such as 6-12-24-48; empty for none.",
        max_length=16,
    )
    pyramid_activation: Activation = _setting(
        "none",
        "Pyramid activation",
        "The activation after each 1×1 convolution; without one, the whole pyramid is a single "
        "linear map.",
    )
    pyramid_batch_norm: Literal["none", "each", "last_two"] = _setting(
        "none",
        "Pyramid batch norm",
        "After each 1×1 convolution, or after the last two only.",
    )
    blocks: Annotated[tuple[ConvBlock, ...], BeforeValidator(_blocks)] = _setting(
        (ConvBlock(channels=(32,)), ConvBlock(channels=(64,)), ConvBlock(channels=(128,))),
        "Blocks",
        "The blocks of convolutions, from the image towards the output.",
        max_length=8,
    )
    head: Literal["flatten", "global_average"] = _setting(
        "flatten",
        "After the blocks",
        "Flatten hands every value on; global pooling hands on the mean of each channel.",
    )
    hidden: Annotated[tuple[Width, ...], BeforeValidator(_widths)] = _setting(
        (128,),
        "Dense layers",
        "How many units each dense layer after the blocks has, such as 120-84; empty for none.",
        max_length=32,
    )


# --- optimizer and schedule ----------------------------------------------------------------------


def _rate(default: float) -> Any:
    return _setting(
        default,
        "Learning rate",
        "How far each step moves the weights: too small learns slowly, too large overshoots.",
        gt=0,
        le=100,
    )


def _epsilon(default: float) -> Any:
    return _setting(
        default, "Epsilon", "A small number that keeps a division away from zero.", gt=0, le=1
    )


class _Optimizer(Part):
    tag = "name"


class SGD(_Optimizer):
    """Plain (stochastic) gradient descent."""

    name: Literal["sgd"] = "sgd"
    learning_rate: float = _rate(0.1)


class Momentum(_Optimizer):
    """Gradient descent that keeps moving the way it was going."""

    name: Literal["momentum"] = "momentum"
    learning_rate: float = _rate(0.01)
    momentum: float = _setting(
        0.9, "Momentum", "How much of the last step is kept in the next one.", ge=0, lt=1
    )


class Nesterov(_Optimizer):
    """Momentum that looks ahead before it measures the slope."""

    name: Literal["nesterov"] = "nesterov"
    learning_rate: float = _rate(0.01)
    momentum: float = _setting(
        0.9, "Momentum", "How much of the last step is kept in the next one.", gt=0, lt=1
    )


class RMSprop(_Optimizer):
    """Divides each weight's step by the recent size of its gradient."""

    name: Literal["rmsprop"] = "rmsprop"
    learning_rate: float = _rate(0.001)
    alpha: float = _setting(
        0.99, "Smoothing", "How long past squared gradients are remembered.", ge=0, lt=1
    )
    momentum: float = _setting(
        0.0, "Momentum", "How much of the last step is kept in the next one.", ge=0, lt=1
    )
    epsilon: float = _epsilon(1e-8)


class _Adam(_Optimizer):
    learning_rate: float = _rate(0.001)
    beta1: float = _setting(0.9, "Beta 1", "How long past gradients are remembered.", ge=0, lt=1)
    beta2: float = _setting(
        0.999, "Beta 2", "How long past squared gradients are remembered.", ge=0, lt=1
    )
    epsilon: float = _epsilon(1e-8)


class Adam(_Adam):
    """Momentum and RMSprop in one."""

    name: Literal["adam"] = "adam"


class AMSGrad(_Adam):
    """Adam whose steps never grow again once a large gradient was seen."""

    name: Literal["amsgrad"] = "amsgrad"


class AdamW(_Adam):
    """Adam with weight decay applied to the weights themselves."""

    name: Literal["adamw"] = "adamw"


class Adagrad(_Optimizer):
    """Divides each weight's step by the size of all its gradients so far."""

    name: Literal["adagrad"] = "adagrad"
    learning_rate: float = _rate(0.01)
    learning_rate_decay: float = _setting(
        0.0, "Decay of the rate", "How fast the learning rate shrinks with the steps.", ge=0, le=1
    )
    initial_accumulator: float = _setting(
        0.0, "Initial accumulator", "Where the sum of squared gradients starts.", ge=0, le=10
    )
    epsilon: float = _epsilon(1e-10)


class Adadelta(_Optimizer):
    """Sizes its steps by the steps before, so the learning rate is usually left at 1."""

    name: Literal["adadelta"] = "adadelta"
    learning_rate: float = _rate(1.0)
    rho: float = _setting(
        0.9, "Rho", "How long past squared gradients and steps are remembered.", ge=0, lt=1
    )
    epsilon: float = _epsilon(1e-6)


class _Schedule(Part):
    tag = "kind"


class Constant(_Schedule):
    """The same learning rate throughout."""

    kind: Literal["constant"] = "constant"


class Step(_Schedule):
    """Multiplies the learning rate by a factor every few epochs."""

    kind: Literal["step"] = "step"
    every: int = _setting(
        10, "Every", "After how many epochs the rate changes.", unit="epochs", ge=1, le=5000
    )
    factor: float = _setting(0.5, "Factor", "What the rate is multiplied by.", gt=0, le=1)


class Cosine(_Schedule):
    """Falls along half a cosine wave, slowly at both ends."""

    kind: Literal["cosine"] = "cosine"
    final: float = _setting(
        0.0, "Final share", "The share of the learning rate left at the end.", ge=0, le=1
    )


class OneCycle(_Schedule):
    """Rises to the learning rate, then falls far below where it began."""

    kind: Literal["one_cycle"] = "one_cycle"
    rise: float = _setting(
        0.3, "Rise", "The share of the run in which the rate rises.", ge=0.01, le=0.99
    )


class WarmUp(_Schedule):
    """Rises in a straight line for the first epochs, then stays."""

    kind: Literal["warm_up"] = "warm_up"
    epochs: int = _setting(
        3, "Warm-up", "How many epochs the rate rises for.", unit="epochs", ge=1, le=1000
    )


# --- regularization and run ----------------------------------------------------------------------


class EarlyStopping(Part):
    """Ends the run when it no longer gets better."""

    watch: Literal["off", "validation_loss", "validation_accuracy", "train_loss"] = _setting(
        "off", "Early stopping", "The figure that must keep getting better, or off."
    )
    patience: int = _setting(
        5,
        "Patience",
        "How many epochs without a gain are waited for.",
        unit="epochs",
        ge=1,
        le=1000,
    )
    least_gain: float = _setting(
        0.0, "Least gain", "A change smaller than this does not count as a gain.", ge=0, le=10
    )
    keep: Literal["best", "last"] = _setting(
        "best", "Keep", "The weights of the best epoch, or of the last one."
    )


class Regularization(Part):
    """What keeps a network from learning its training images by heart."""

    weight_decay: float = _setting(
        0.0,
        "Weight decay",
        "Pulls every weight towards zero at each step. AdamW takes it off the weights, the others "
        "add it to the gradient. 0 is off.",
        ge=0,
        le=1,
    )
    l1: float = _setting(
        0.0,
        "L1 penalty",
        "Adds this times the sum of the weights' sizes to the loss; drives many to exactly zero.",
        ge=0,
        le=1,
    )
    l2: float = _setting(
        0.0,
        "L2 penalty",
        "Adds this times the sum of the squared weights to the loss; keeps them small.",
        ge=0,
        le=1,
    )
    penalty_on: Literal["all", "dense"] = _setting(
        "all", "Penalty on", "All weights, or those of the dense layers only; never the biases."
    )
    label_smoothing: float = _setting(
        0.0,
        "Label smoothing",
        "Asks for a little less than full certainty: this share is spread over all classes.",
        ge=0,
        le=0.5,
    )
    gradient_clip: float = _setting(
        0.0,
        "Gradient clipping",
        "Shortens a gradient that is longer than this, against sudden jumps. 0 is off.",
        ge=0,
        le=1000,
    )
    early_stopping: EarlyStopping = EarlyStopping()


class Run(Part):
    """How long and on what."""

    epochs: int = _setting(
        30, "Epochs", "How often every training image is seen.", unit="epochs", ge=1, le=5000
    )
    batch_size: Annotated[int, Field(ge=1, le=65_536)] | Literal["full"] = _setting(
        32,
        "Batch size",
        "How many images each step looks at, or all of them at once (full batch).",
        unit="images",
    )
    seed: int = _setting(
        0,
        "Seed",
        "Starts the random numbers: initial weights, order of the images, dropout. The same seed "
        "gives the same run.",
        ge=0,
        le=2**32 - 1,
    )
    device: Literal["auto", "cpu", "cuda", "mps"] = _setting(
        "auto", "Device", "What computes: the fastest there is, or one by name."
    )


# --- the whole -----------------------------------------------------------------------------------


def _kinds(*classes: type[Part], default: str) -> Any:
    """A union told apart by its tag; a missing tag means ``default``."""
    tag = classes[0].tag
    assert tag

    def read_tag(value: Any) -> Any:
        return value.get(tag, default) if isinstance(value, Mapping) else getattr(value, tag, None)

    union: Any = None
    for cls in classes:
        tagged = Annotated[cls, Tag(cls.model_fields[tag].default)]
        union = tagged if union is None else union | tagged
    return Annotated[union, Discriminator(read_tag)]


KINDS: dict[str, dict[str, type[Part]]] = {
    "data": {"digits": Digits, "cifar10": Cifar10, "npz": OwnImages},
    "architecture": {"mlp": MLP, "cnn": CNN},
    "optimizer": {
        "sgd": SGD,
        "momentum": Momentum,
        "nesterov": Nesterov,
        "rmsprop": RMSprop,
        "adam": Adam,
        "amsgrad": AMSGrad,
        "adamw": AdamW,
        "adagrad": Adagrad,
        "adadelta": Adadelta,
    },
    "schedule": {
        "constant": Constant,
        "step": Step,
        "cosine": Cosine,
        "one_cycle": OneCycle,
        "warm_up": WarmUp,
    },
}
"""The parts that come in kinds: part -> the tag's value -> its class."""

DataConfig = _kinds(*KINDS["data"].values(), default="digits")
ArchitectureConfig = _kinds(*KINDS["architecture"].values(), default="mlp")
OptimizerConfig = _kinds(*KINDS["optimizer"].values(), default="adam")
ScheduleConfig = _kinds(*KINDS["schedule"].values(), default="constant")


class RunConfig(Part):
    """Everything that decides a run. Equal configs give equal runs on the same machine's CPU."""

    data: DataConfig = Digits()
    architecture: ArchitectureConfig = MLP()
    optimizer: OptimizerConfig = Adam()
    schedule: ScheduleConfig = Constant()
    regularization: Regularization = Regularization()
    run: Run = Run()

    @model_validator(mode="after")
    def _fits_together(self) -> Self:
        watch = self.regularization.early_stopping.watch
        if watch.startswith("validation") and self.data.validation == "none":
            raise ValueError(
                "Early stopping watches the validation images, but there are none: choose some "
                "under Data, or let it watch the training loss."
            )
        return self

    def canonical(self) -> str:
        """The one JSON text of this config: all fields, sorted keys, no spaces."""
        return json.dumps(self.model_dump(mode="json"), sort_keys=True, separators=(",", ":"))

    @property
    def name(self) -> str:
        """The run's name: the SHA-256 of the canonical JSON, 64 hex digits."""
        return hashlib.sha256(self.canonical().encode()).hexdigest()

    def settings(self) -> dict[str, str]:
        """The settings that differ from the defaults, by dotted path, as text: a link's content.

        Reading them back with :func:`with_settings` gives an equal config.
        """
        found: dict[str, str] = {}
        for section in type(self).model_fields:
            part = getattr(self, section)
            _differences(part, type(part)(), section, found)
            if section in KINDS and part.tag is not None:
                kind = getattr(part, part.tag)
                if kind != getattr(getattr(RunConfig(), section), part.tag):
                    found[f"{section}.{part.tag}"] = kind
        return found


def _differences(part: Part, default: Part, path: str, found: dict[str, str]) -> None:
    for name in type(part).model_fields:
        value, usual = getattr(part, name), getattr(default, name)
        if value == usual:
            continue
        if isinstance(value, Part):
            _differences(value, usual, f"{path}.{name}", found)
        else:
            found[f"{path}.{name}"] = as_text(value)


def as_text(value: Any) -> str:
    """A setting's value as links and ``--set`` write it."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, tuple):
        if all(isinstance(item, int) for item in value):
            return "-".join(map(str, value)) or "none"
        blocks = [item.model_dump(mode="json", exclude_defaults=True) for item in value]
        return json.dumps(blocks, separators=(",", ":"))
    return str(value)


@dataclass(frozen=True)
class Setting:
    """What is known of one field, for widgets and messages."""

    path: str
    label: str
    help: str
    unit: str
    default: Any
    kind: Literal["choice", "switch", "whole", "number", "text", "widths", "blocks", "part"]
    low: float | None = None
    high: float | None = None
    above: float | None = None
    below: float | None = None
    choices: tuple[str, ...] = ()
    word: str | None = None
    """A word allowed in place of a number, such as ``all`` or ``full``."""

    def expects(self) -> str:
        """What may be written here, as the end of "... must be"."""
        if self.kind == "choice":
            return "one of " + ", ".join(self.choices)
        if self.kind == "switch":
            return "true or false"
        if self.kind == "widths":
            return "whole numbers such as 64-32, within their limits, or none"
        if self.kind == "blocks":
            return "a JSON list of up to 8 blocks with valid fields"
        if self.kind == "text":
            return "the plain name of an .npz file in the data folder"
        if self.kind == "part":
            return "a group of settings"
        text = "a whole number" if self.kind == "whole" else "a number"
        if self.low is not None:
            text += f" from {_plain(self.low)}"
        elif self.above is not None:
            text += f" above {_plain(self.above)}"
        if self.high is not None:
            text += f" to {_plain(self.high)}"
        elif self.below is not None:
            text += f" and below {_plain(self.below)}"
        return text + (f", or {self.word}" if self.word else "")


def _plain(number: float) -> str:
    return f"{number:,.10g}"


@cache
def settings_of(part: type[Part], prefix: str = "") -> dict[str, Setting]:
    """Every field of a part (not its tag), by name, as :class:`Setting`."""
    schema = part.model_json_schema()
    found = {}
    for name, spec in schema["properties"].items():
        if name == part.tag:
            continue
        path = f"{prefix}.{name}" if prefix else name
        variants = spec.get("anyOf", [spec])
        numbers = [v for v in variants if v.get("type") in ("integer", "number")]
        words = [v["const"] for v in variants if "const" in v]
        kind: Any = "part"
        if numbers:
            kind = "whole" if numbers[0]["type"] == "integer" else "number"
        elif "enum" in spec:
            kind = "choice"
        elif spec.get("type") == "boolean":
            kind = "switch"
        elif spec.get("type") == "string":
            kind = "text"
        elif spec.get("type") == "array":
            kind = "blocks" if "$ref" in spec["items"] else "widths"
        limits = numbers[0] if numbers else {}
        found[name] = Setting(
            path=path,
            label=spec.get("title", name),
            help=spec.get("description", ""),
            unit=spec.get("unit", ""),
            default=part.model_fields[name].default,
            kind=kind,
            low=limits.get("minimum"),
            high=limits.get("maximum"),
            above=limits.get("exclusiveMinimum"),
            below=limits.get("exclusiveMaximum"),
            choices=tuple(spec.get("enum", ())),
            word=words[0] if words and numbers else None,
        )
    return found


# --- reading settings from outside ---------------------------------------------------------------


def from_json(text: str | bytes) -> RunConfig:
    """Read a config from JSON.

    Raises ConfigError, with one sentence for each thing wrong.
    """
    try:
        values = json.loads(text)
    except (ValueError, RecursionError) as error:
        where = f" (line {error.lineno})" if isinstance(error, json.JSONDecodeError) else ""
        raise ConfigError([f"This is not valid JSON{where}: {error}."]) from None
    if not isinstance(values, dict):
        raise ConfigError(['The JSON must be an object of settings, such as {"run": {...}}.'])
    return from_values(values)


def with_settings(
    settings: Mapping[str, Any], base: RunConfig | None = None
) -> tuple[RunConfig, list[str]]:
    """Change settings by dotted path; what cannot be used is left out and told in a sentence.

    A changed kind (``optimizer.name`` and its like) starts that part from the kind's defaults.
    Returns the config and the sentences, empty where all went well.
    """
    base = base or RunConfig()
    problems: list[str] = []
    # A kind is set before the fields that belong to it, in whatever order they come.
    ordered = sorted(settings.items(), key=lambda item: not _is_tag(item[0]))
    config = base
    while True:
        try:
            values = config.model_dump()
            for path, value in ordered:
                _put(values, path, value)
            return from_values(values), problems
        except _Refused as refused:
            problems.append(refused.sentence)
            ordered = [item for item in ordered if item[0] != refused.path]
        except ConfigError as error:
            # Taken together they do not fit: add them one at a time and leave out what does not.
            return _one_by_one(base, ordered, problems, error)


class _Refused(Exception):
    def __init__(self, path: str, sentence: str) -> None:
        self.path, self.sentence = path, sentence


def _one_by_one(
    base: RunConfig, ordered: list[tuple[str, Any]], problems: list[str], whole: ConfigError
) -> tuple[RunConfig, list[str]]:
    config, told = base, len(problems)
    waiting = ordered
    while waiting:  # a setting may fit only once another one stands, so go round while any fits
        left = []
        for path, value in waiting:
            values = config.model_dump()
            try:
                _put(values, path, value)
                config = from_values(values)
            except (_Refused, ConfigError) as error:
                sentences = [error.sentence] if isinstance(error, _Refused) else error.problems
                left.append((path, value, sentences))
        if len(left) == len(waiting):
            for _, _, sentences in left:
                problems += [s for s in sentences if s not in problems]
            break
        waiting = [(path, value) for path, value, _ in left]
    if len(problems) == told:
        problems += whole.problems if config == base and ordered else []
    return config, problems


def _is_tag(path: str) -> bool:
    section, _, name = path.partition(".")
    return section in KINDS and name == next(iter(KINDS[section].values())).tag


def _put(values: dict[str, Any], path: str, value: Any) -> None:
    """Set one dotted path inside a dumped config."""
    section, _, name = path.partition(".")
    if _is_tag(path) and values[section][name] != value:
        if value not in KINDS[section]:
            choices = ", ".join(KINDS[section])
            raise _Refused(path, f"{path} must be one of {choices}, not {_shown(value)}.")
        values[section] = KINDS[section][value]().model_dump()
        return
    at: Any = values
    *parents, last = path.split(".")
    for step in parents:
        at = at.get(step) if isinstance(at, dict) else _item(at, step)
        if not isinstance(at, dict | list | tuple):
            raise _Refused(path, _unknown(path))
    if isinstance(at, dict):
        at[last] = value
    else:
        raise _Refused(path, _unknown(path))


def _item(items: Any, step: str) -> Any:
    try:
        return items[int(step)]
    except (ValueError, IndexError, TypeError, KeyError):
        return None


def from_values(values: dict[str, Any]) -> RunConfig:
    """Read a config from nested dictionaries; what is missing takes its default.

    Raises ConfigError, with one sentence for each thing wrong.
    """
    try:
        return RunConfig.model_validate(values)
    except ValidationError as error:
        sentences: list[str] = []
        for item in error.errors():
            sentence = _sentence(item, values)
            if sentence not in sentences:
                sentences.append(sentence)
        raise ConfigError(sentences) from None


def _sentence(error: Any, values: dict[str, Any]) -> str:
    """One pydantic error as a sentence that says where, what is expected and what was given."""
    location = [str(step) for step in error["loc"]]
    if not location:
        return str(error["ctx"]["error"]) if "error" in error.get("ctx", {}) else error["msg"]
    section = location[0]
    part: type[Part] | None = None
    rest = location[1:]
    if section in KINDS:
        if rest and rest[0] in KINDS[section]:
            part, rest = KINDS[section][rest[0]], rest[1:]
    elif section in RunConfig.model_fields:
        part = type(getattr(RunConfig(), section))
    path = section
    while part is not None and rest:
        step, rest = rest[0], rest[1:]
        path += f".{step}"
        setting = settings_of(part).get(step)
        if setting is None:
            return _unknown(path)
        if setting.kind == "part":
            part = type(setting.default)
            continue
        if setting.kind == "blocks" and len(rest) >= 2:  # blocks.0.kernel
            path += f".{rest[0]}"
            part, rest = ConvBlock, rest[1:]
            continue
        return f"{path} must be {setting.expects()}, not {_shown(error['input'])}."
    if section in KINDS and error["type"] == "union_tag_invalid":
        tag = next(iter(KINDS[section].values())).tag
        given = values[section].get(tag) if isinstance(values[section], Mapping) else None
        return f"{section}.{tag} must be one of {', '.join(KINDS[section])}, not {_shown(given)}."
    if error["type"] == "extra_forbidden":
        return _unknown(path)
    return f"{path} must be a group of settings, not {_shown(error['input'])}."


def _shown(value: Any) -> str:
    text = "-".join(map(str, value)) if isinstance(value, list | tuple) else str(value)
    return repr(text if len(text) <= 40 else text[:37] + "...")


def _unknown(path: str) -> str:
    return f"There is no setting {_shown(path)[1:-1]!r} here."


def differences(a: RunConfig, b: RunConfig) -> dict[str, tuple[str, str]]:
    """The settings in which two configs differ: dotted path -> (text in a, text in b).

    A setting that one of them does not have is shown as ``–``.
    """
    left, right = _flat(a), _flat(b)
    return {
        path: (left.get(path, "–"), right.get(path, "–"))
        for path in [*left, *(path for path in right if path not in left)]
        if left.get(path) != right.get(path)
    }


def _flat(config: Part, prefix: str = "") -> dict[str, str]:
    flat: dict[str, str] = {}
    for name in type(config).model_fields:
        value = getattr(config, name)
        if isinstance(value, Part):
            flat |= _flat(value, f"{prefix}{name}.")
        else:
            flat[f"{prefix}{name}"] = as_text(value)
    return flat
