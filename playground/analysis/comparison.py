"""Runs side by side, for the page Runs and for reports: what differs between them, their names,
their seeds, and what may be said of all this (``conclusions`` has the sentences)."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace

from playground import formats
from playground.analysis import (
    conclusions,
    config_summary,
    evaluation,
    headline,
    names,
    phrases,
)
from playground.analysis.conclusions import MARKDOWN, Claim, TextStyle
from playground.analysis.config_summary import SettingSummary
from playground.analysis.headline import Split
from playground.analysis.phrases import BLOCKS
from playground.config import ConvBlock, RunConfig, settings_of
from playground.config.paths import ALL, item_of
from playground.config.sweeps import validated_alike
from playground.data.datasets import Dataset
from playground.formats import NOTHING
from playground.store import Run

RunsByLetter = dict[str, Run]
"""The runs by letter, A first."""


@dataclass(frozen=True)
class SeedGroup:
    """Runs that differ by the seed only."""

    letters: tuple[str, ...]
    """Of those that were chosen."""
    run: Run
    """The first of these."""
    members: list[Run]
    """All that are known, the chosen ones among them."""

    @property
    def finished(self) -> list[Run]:
        """Those that came to their end and figures."""
        return [run for run in self.members if run.status == "finished"]

    @property
    def diverged(self) -> int:
        """How many came to no figures as their loss was no longer a number."""
        return sum(run.status == "diverged" for run in self.members)

    @property
    def seeds(self) -> str:
        """The seeds of those that finished, as text."""
        return ", ".join(str(run.config.run.seed) for run in self.finished)

    def spread(self, split: str) -> evaluation.Spread:
        """Return the mean and standard deviation of a split's accuracy over the finished ones."""
        scores = [run.scores[split] for run in self.finished]
        found = [one for one in scores if one]
        return evaluation.spread(
            (one.accuracy for one in found), min((one.images for one in found), default=0)
        )

    def share(self, split: str) -> str:
        """Give that as text, with n."""
        spread = self.spread(split)
        return conclusions.format_mean(spread) if spread.n else NOTHING


def seed_groups(
    runs: RunsByLetter, members_of: Callable[[Run], list[Run]] | None = None
) -> list[SeedGroup]:
    """Group the chosen runs by their settings whatever the seed, in the order of their letters.

    ``members_of`` finds all runs of a run's family; without it those are the chosen ones.
    """
    groups: dict[tuple[str, str], RunsByLetter] = {}
    for letter, run in runs.items():
        groups.setdefault((run.family, run.fingerprint), {})[letter] = run
    found = []
    for of in groups.values():
        chosen = list(of.values())
        members = members_of(chosen[0]) if members_of else chosen
        found.append(SeedGroup(tuple(of), chosen[0], members))
    return found


def same_test(a: Run, b: Run, dataset: Dataset | None) -> bool:
    """Tell whether two runs were tested on the same images, so that their figures can be
    compared.

    ``dataset`` is the data of the first, None if it is no longer there.
    """
    if a.fingerprint != b.fingerprint:
        return False
    if dataset is not None and dataset.test_start is not None:
        return True
    one, other = a.config.data, b.config.data
    fields = ("test_fraction", "split_seed")
    return all(getattr(one, field, None) == getattr(other, field, None) for field in fields)


@dataclass(frozen=True)
class Basis:
    """The images that a comparison speaks of."""

    split: Split | None
    """None if the runs have none in common."""
    note: str = ""
    """Why it is not the validation images; empty if it is."""


def basis_of(runs: Sequence[Run], dataset: Dataset | None, test_hidden: bool = False) -> Basis:
    """Find the images by which runs are compared: those of the validation, by which one chooses,
    if all have the same; else those of the test, unless it is kept from whoever asks.

    ``dataset`` is the data of the first, None if it is no longer there.
    """
    first, *others = runs
    if any(run.fingerprint != first.fingerprint for run in others):
        return Basis(None, conclusions.OTHER_DATA)
    if all(headline.split_of(run.config) == "validation" for run in runs) and all(
        validated_alike(first.config, run.config) for run in others
    ):
        return Basis("validation")
    if not all(same_test(first, run, dataset) for run in others):
        return Basis(None, conclusions.OTHER_IMAGES)
    if test_hidden:
        return Basis(None, conclusions.HIDDEN_TEST)
    return Basis("test", conclusions.TEST_IMAGES)


def settings_table(runs: RunsByLetter) -> list[tuple[str, str, list[str]]]:
    """Give (path, what it is called, its value in each run) of the settings that are not the same
    in all runs; ``–`` stands for one that a run does not have.

    What only some kinds have is left out at its default: it follows from the kind.
    """
    every = [{one.path: one for one in _settings(run.config)} for run in runs.values()]
    found = []
    for path in dict.fromkeys(path for settings in every for path in settings):
        row = [settings.get(path) for settings in every]
        there = [one for one in row if one]
        follows = len(there) < len(row) and not any(one.changed for one in there)
        if len({one and one.value for one in row}) > 1 and not follows:
            values = [one.value if one else NOTHING for one in row]
            found.append((path, there[0].label, values))
    return found


def _settings(config: RunConfig) -> Iterator[SettingSummary]:
    """Describe every setting; what blocks have, field by field."""
    for section in config_summary.summarize(config).values():
        yield from (one for one in section if item_of(one.path) is None)
    blocks = getattr(config.architecture, "blocks", ())
    for name, setting in settings_of(ConvBlock).items():
        told = phrases.of_blocks(blocks, name, exact=True) if name != "channels" else None
        if told:
            changed = any(getattr(block, name) != setting.default for block in blocks)
            label = f"{setting.label} in blocks"
            yield SettingSummary(
                f"{BLOCKS}.{ALL}.{name}", label, str(told), changed, inactive=False
            )


def legend(runs: RunsByLetter) -> dict[str, str]:
    """Name each run for legends: its letter, and what tells it apart."""
    told = names.together(runs.values())
    return {letter: f"{letter} · {told[run.name]}" for letter, run in runs.items()}


@dataclass(frozen=True)
class Verdict:
    """What may be said of runs that are compared, in paragraphs."""

    told: list[str]
    why: list[str]
    """What it rests on, for those who ask."""


def verdict(
    runs: RunsByLetter, found: list[SeedGroup], basis: Basis, write: TextStyle = MARKDOWN
) -> Verdict:
    """Say what may be said of two runs or more, whose seed groups were ``found``."""
    claim = _of_groups(runs, found, basis, write)
    told, why = [claim.told], [claim.why]
    if basis.note:
        told.append(basis.note)
    for letter, run in runs.items():
        if word := conclusions.ENDINGS.get(run.status):
            told.append(f"{letter} {word}")
        if run.is_stacked:
            why.append(conclusions.STACKED.format(f"{letter} was"))
    told += map(_diverged, found)
    if basis.split == "test":
        why.append(conclusions.CHOOSING)
    return Verdict(list(filter(None, told)), list(filter(None, why)))


def _of_groups(runs: RunsByLetter, found: list[SeedGroup], basis: Basis, write: TextStyle) -> Claim:
    """Say what the settings did, or the seeds if these are all that differs."""
    split = basis.split
    if len(found) == 2:
        first, second = found
        return _of_two(runs, first, second, split, write)
    if len(runs) == 2:
        a, b = runs.values()
        return Claim(conclusions.of_settings(a.config, b.config, *_points(a, b, split), write))
    if split is None:
        return Claim("")
    spreads = {" ".join(group.letters): group.spread(split) for group in found}
    spreads = {letters: spread for letters, spread in spreads.items() if spread.n}
    if len(found) == 1:
        reached = [run.scores[split] for run in found[0].finished]
        accuracies = [scores.accuracy for scores in reached if scores]
        if len(accuracies) < 2:
            return Claim("")
        return Claim(conclusions.of_seeds(min(accuracies), max(accuracies), split))
    if len(spreads) < 2:
        return Claim("")
    claim = conclusions.of_several(spreads, split, write)
    images = min(spread.images for spread in spreads.values())
    flatters = conclusions.of_tries(len(spreads), images, split)
    return replace(claim, told=f"{claim.told} {flatters}".rstrip())


def _of_two(
    runs: RunsByLetter, first: SeedGroup, second: SeedGroup, split: Split | None, write: TextStyle
) -> Claim:
    """Say what changed from one set of settings to another: by their means if both have several
    seeds."""
    a, b = first.run, second.run
    points, measured = _points(a, b, split)
    spreads = [group.spread(split) for group in (first, second)] if split else []
    if min((spread.n for spread in spreads), default=0) < 2:
        told = conclusions.of_settings(a.config, b.config, points, measured, write)
        alone = conclusions.ONE_SAMPLE if points is not None else ""
        return Claim(f"{told} {alone}".rstrip())
    means = (spreads[1].mean - spreads[0].mean) * 100
    # Where means over the seeds are told, the seed is no setting that changed.
    told = conclusions.of_settings(
        a.config, b.config.with_seed(a.config.run.seed), means, f"mean {measured}", write
    )
    letters = " ".join(first.letters), " ".join(second.letters)
    claim = conclusions.of_means(spreads[0], spreads[1], split or "", letters)
    why = claim.why
    if points is not None and len(runs) == 2:
        why += f" The two chosen runs alone: {formats.points(points)}."
    return Claim(f"{told} {claim.told}", why)


def _points(a: Run, b: Run, split: Split | None) -> tuple[float | None, str]:
    """Return the change of accuracy from one run to another in percentage points, None if it says
    nothing, and what it is called."""
    one, other = (run.scores[split] if split else None for run in (a, b))
    finished = a.status == b.status == "finished"
    points = (other.accuracy - one.accuracy) * 100 if one and other and finished else None
    return points, f"{split} accuracy"


def _diverged(group: SeedGroup) -> str:
    """Describe seeds that diverged beside others that were chosen."""
    if len(group.members) == len(group.letters) or not group.diverged:
        return ""  # all were chosen, and it is said of each
    return (
        f"Of {len(group.members)} seeds of {' and '.join(group.letters)}, {group.diverged} "
        f"diverged and {'is' if group.diverged == 1 else 'are'} in no mean."
    )
