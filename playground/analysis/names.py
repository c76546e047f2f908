"""What runs are called: by what differs, from what their data set begins with if one stands alone,
from each other if several stand together.

A person's own title leads. No two different runs have one name where both stand.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from functools import cache, lru_cache
from types import MappingProxyType

from playground.analysis import phrases
from playground.analysis.phrases import BLOCKS, Phrase
from playground.config import CNN, KINDS, ConvBlock, Part, RunConfig, beginning, settings_of
from playground.config.paths import item_of, name_of, walk
from playground.formats import listed
from playground.store import Run
from playground.visible import isolated

OTHER_VERSION = "Settings of another version"
_MOST_TOLD = 3
"""Settings that may differ in a list in which every run tells each of them, such as ``no dropout``;
if more do, it tells those that its data set begins with otherwise, and what most runs tell."""
_DATA, _NETWORK = "data.name", "architecture.kind"
_DENSE = "dense layers"
"""Stands among the paths for the dense layers of a CNN; those of an MLP are its network."""
_DROPOUT, _DROPOUT_AT = "architecture.dropout", "architecture.dropout_at"
_OPTIMIZER, _RATE, _SEED = "optimizer.name", "optimizer.learning_rate", "run.seed"
_LAST = (
    f"{BLOCKS}.pool_at",
    "architecture.head",
    "architecture.initialization",
    "architecture.bias",
    "data.scaling",
    "data.validation",
    "data.validation_fraction",
    "data.validation_from",
    "data.test_fraction",
    "data.split_seed",
    "run.test_time_flip",
    "run.device",
    _SEED,
)
"""Settings that one looks at last: a name that is cut loses these first."""

_IN_NETWORK = (_NETWORK, BLOCKS, "architecture.hidden", "architecture.pyramid")
_BESIDE_CHANNELS = {f"{BLOCKS}.{name}" for name in ConvBlock.model_fields} - {*_LAST}
"""What stands with the channels of the blocks, after a comma."""

_Phrases = Mapping[str, Phrase]
"""What is said of a config, by dotted path; of its blocks by path without a number."""


class _Words:
    """What is said of a config, kept as it is asked for."""

    def __init__(self, config: RunConfig, exact: bool) -> None:
        self._config, self._exact = config, exact
        self._known: dict[str, Phrase | None] = {}
        self.differing = self.at(_differing(config))
        """Its data and network always, the rest if its data set begins otherwise."""

    def at(self, paths: Iterable[str]) -> dict[str, Phrase]:
        """Tell what it has at these paths, as far as it has them, in a name's order."""
        order = _order()
        ordered = sorted(set(paths), key=lambda path: order.get(path, -1))
        return {path: one for path in ordered if (one := self._phrase(path))}

    def _phrase(self, path: str) -> Phrase | None:
        if path not in self._known:
            self._known[path] = self._find(path)
        return self._known[path]

    def _find(self, path: str) -> Phrase | None:
        if path == _DATA:
            return Phrase(isolated(self._config.data.in_a_line))
        if path == _NETWORK:
            return Phrase(self._config.architecture.in_a_line)
        if path == _DENSE:
            return phrases.dense(self._config.architecture)
        if path.startswith(f"{BLOCKS}.") and item_of(path) is None:  # of all blocks
            blocks = getattr(self._config.architecture, "blocks", ())
            usual = _usual_block(self._config.data.name)
            return phrases.of_blocks(blocks, name_of(path), self._exact, usual)
        return phrases.of_path(self._config, path, self._exact)


# A list of runs asks for the same few hundred again and again.
@lru_cache(maxsize=2048)
def _words_of(config: RunConfig, exact: bool = False) -> _Words:
    return _Words(config, exact)


def of_config(config: RunConfig) -> str:
    """Name a config that stands alone: its data, its network, and what differs from what its data
    set begins with, such as ``Digits · MLP 64-32 · dropout 0.3 · rate 0.01``."""
    return _joined(_words_of(config).differing, gathered=True)


def of_run(run: Run) -> str:
    """Name a stored run that stands alone: as a person did, or by its settings."""
    if run.title or not run.is_readable:
        return isolated(run.title) or OTHER_VERSION
    return of_config(run.config)


def of_settings(config: RunConfig, paths: Iterable[str]) -> str:
    """Tell what a config has at these paths, such as ``rate 0.01 · seed 3``."""
    return _joined(_words_of(config).at(paths))


def of_fixed(config: RunConfig, varied: Iterable[str]) -> str:
    """Tell what a sweep or a search leaves as a config has it: data, network, optimizer and epochs,
    and what its data set begins with otherwise; nothing of the paths that are ``varied``."""
    gone = set[str]()
    for path in varied:
        gone.add(f"{BLOCKS}.{name_of(path)}" if path.startswith(f"{BLOCKS}.") else path)
    layers = {"architecture.hidden"}  # what the network's phrase tells
    if isinstance(config.architecture, CNN):
        gone |= {_DENSE} if gone & layers else set()
        layers = {f"{BLOCKS}.channels", "architecture.width", "architecture.pyramid"}
    words = _words_of(config)
    told = words.at({*words.differing, _OPTIMIZER, _RATE, "run.epochs"} - gone)
    if gone & layers:
        told[_NETWORK] = Phrase(config.architecture.in_a_line.partition(" ")[0])
    return _joined(told, gathered=True)


def in_common(runs: Iterable[Run]) -> str:
    """Tell what is the same in all of several runs, which ``together`` leaves out; empty if that
    is nothing, or there is one run only."""
    configs = {run.name: run.config for run in runs if run.is_readable}
    if len(configs) < 2:
        return ""
    return _joined(_common(_words_of(one).differing for one in configs.values()), gathered=True)


def together(
    runs: Iterable[Run], titles: Mapping[str, str] = MappingProxyType({})
) -> dict[str, str]:
    """Name runs that stand together, by the run's name: by what is not the same in all of them.

    ``titles`` has what runs are called to which no person gave a title, such as a recipe's.
    """
    stored = list(runs)
    found = apart({run.name: run.config for run in stored if run.is_readable})
    own = {run.name: isolated(run.title or titles.get(run.name, "")) for run in stored}
    often = Counter(own.values())
    names = {}
    for name, title in own.items():
        told = found.get(name, OTHER_VERSION)
        names[name] = told if not title else title if often[title] == 1 else f"{title} · {told}"
    for digits in (8, 64):
        for alike in _alike(names):
            names |= {name: f"{names[name]} · {name[:digits]}" for name in alike}
    return names


def apart(configs: Mapping[str, RunConfig]) -> dict[str, str]:
    """Name configs that stand together, by any key; equal ones are told by the same words."""
    if len(configs) < 2:
        return {name: of_config(config) for name, config in configs.items()}
    words = {name: _words_of(config) for name, config in configs.items()}
    common = _common(one.differing for one in words.values())
    often = Counter(path for one in words.values() for path in one.differing if path not in common)
    every = _DATA in common and len(often.keys() - {_RATE}) <= _MOST_TOLD
    usual = {path for path, count in often.items() if every or 2 * count > len(words)}
    paths = {name: usual | (one.differing.keys() & often.keys()) for name, one in words.items()}
    if not every:
        _add_seeds(paths, words)
    names = {
        name: _joined(one.at(paths[name] or [_NETWORK]), gathered=not every)
        for name, one in words.items()
    }
    for alike in _alike(names):  # numbers that are rounded to one
        exact = {name: _words_of(configs[name], exact=True) for name in alike}
        same = _common(one.differing for one in exact.values())
        more = {path for one in exact.values() for path in one.differing if path not in same}
        names |= {name: _joined(one.at(paths[name] | more)) for name, one in exact.items()}
    return names


def _add_seeds(paths: Mapping[str, set[str]], words: Mapping[str, _Words]) -> None:
    """Have those that differ by the seed only tell it, the seed that a data set begins with too."""
    without = {name: tuple(words[name].at(one - {_SEED}).items()) for name, one in paths.items()}
    often = Counter(without.values())
    for name, one in paths.items():
        if often[without[name]] > 1:
            one.add(_SEED)


def _alike(names: Mapping[str, str]) -> list[list[str]]:
    """List those that have one name, if there are several."""
    often = Counter(names.values())
    if len(often) == len(names):
        return []
    found: dict[str, list[str]] = {}
    for name, text in names.items():
        if often[text] > 1:
            found.setdefault(text, []).append(name)
    return list(found.values())


def _differing(config: RunConfig) -> list[str]:
    begins = beginning(config.data.name)
    paths = []
    for section in type(config).model_fields:
        part, usual = getattr(config, section), getattr(begins, section)
        if type(part) is not type(usual):
            paths.append(f"{section}.{part.tag}")
            paths += [_RATE] if section == "optimizer" else []
            usual = type(part)()
        paths += _changed(part, usual, section)
    paths = [_DATA, _NETWORK, *(path for path in paths if path not in _IN_NETWORK)]
    if isinstance(config.architecture, CNN):
        paths += [f"{BLOCKS}.{name}" for name in _unusual_in_blocks(config, config.architecture)]
        paths += [_DENSE] if config.architecture.hidden else []
    return paths


def _unusual_in_blocks(config: RunConfig, architecture: CNN) -> list[str]:
    usual = _usual_block(config.data.name)
    return [
        name
        for name in ConvBlock.model_fields
        if name != "channels"
        and any(
            getattr(block, name) != getattr(usual, name) and name not in block.inactive_fields()
            for block in architecture.blocks
        )
    ]


@cache
def _usual_block(data: str) -> ConvBlock:
    """Give a block as a network on a data set begins with it, as far as its blocks are alike."""
    blocks = getattr(beginning(data).architecture, "blocks", ())
    values = {name: {getattr(one, name) for one in blocks} for name in ConvBlock.model_fields}
    return ConvBlock(
        **{name: next(iter(found)) for name, found in values.items() if len(found) == 1}
    )


def _changed(part: Part, usual: Part, section: str) -> list[str]:
    there, begins = walk(part, section), walk(usual, section)
    return [
        leaf.path
        for leaf, other in zip(there, begins, strict=True)
        if leaf.value != other.value and not leaf.inactive and leaf.path != "data.file"
    ]


def _common(every: Iterable[_Phrases]) -> dict[str, Phrase]:
    """Give what is said of each."""
    first, *others = every
    return {
        path: phrase
        for path, phrase in first.items()
        if all(one.get(path) == phrase for one in others)
    }


def _joined(parts: _Phrases, gathered: bool = False) -> str:
    """Write a name; what is missing stands at its end if it is ``gathered``."""
    said, missing = dict[str, str](), list[str]()
    for path, phrase in parts.items():
        if path in _BESIDE_CHANNELS and _NETWORK in said and not phrase.missing:
            said[_NETWORK] += f", {phrase}"
        elif path == _RATE and _OPTIMIZER in said:
            said[_OPTIMIZER] += f" {phrase.text.removeprefix('rate ')}"
        elif path == _DROPOUT_AT and _DROPOUT in said:
            said[_DROPOUT] += f" {phrase.text.removeprefix('dropout ')}"
        elif phrase.missing and gathered:
            missing.append(phrase.text)
        else:
            said[path] = str(phrase)
    if missing:
        said["missing"] = "no " + " or ".join(listed(missing).rsplit(" and ", 1))
    return " · ".join(said.values())


@cache
def _order() -> Mapping[str, int]:
    """Give the place of each path in a name."""
    paths = [_DATA, _NETWORK, *(f"{BLOCKS}.{name}" for name in settings_of(ConvBlock)), _DENSE]
    for section in ("architecture", *RunConfig.model_fields):
        kinds = KINDS.get(section, {"": type(getattr(RunConfig(), section))})
        paths += [f"{section}.{kind.tag}" for kind in kinds.values() if kind.tag]
        paths += [leaf.path for kind in kinds.values() for leaf in walk(kind(), section)]
    ordered = [*(path for path in paths if path not in _LAST), *_LAST]
    return {path: place for place, path in enumerate(dict.fromkeys(ordered))}
