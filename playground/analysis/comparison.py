"""Runs side by side, for the page Runs and for reports: what differs between them, their names,
their seeds, and what may be said of all this (``conclusions`` has the sentences)."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from playground import formats
from playground.analysis import conclusions, config_summary, evaluation, names, phrases
from playground.analysis.conclusions import MARKDOWN, TextStyle
from playground.analysis.config_summary import SettingSummary
from playground.analysis.phrases import BLOCKS
from playground.config import ConvBlock, RunConfig, settings_of
from playground.config.paths import ALL, item_of
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


def conclusion_paragraphs(
    runs: RunsByLetter, found: list[SeedGroup], comparable: bool, write: TextStyle = MARKDOWN
) -> list[str]:
    """Say what may be said of all this, a paragraph each.

    ``comparable`` is whether all were tested on the same images.
    """
    lines, points = [], None
    spreads = [group.spread("test") for group in found]
    settled = comparable and len(spreads) == 2 and min(spread.n for spread in spreads) > 1
    if len(runs) == 2:
        a, b = runs.values()
        one, other = a.scores["test"], b.scores["test"]
        if one and other and comparable and a.status == b.status == "finished":
            points = (other.accuracy - one.accuracy) * 100
        lines.append(
            conclusions.of_settings(a.config, b.config, None if settled else points, write)
        )
    if len({run.fingerprint for run in runs.values()}) > 1:
        lines.append(conclusions.OTHER_DATA)
    elif not comparable:
        lines.append(conclusions.OTHER_IMAGES)
    for letter, run in runs.items():
        if word := conclusions.ENDINGS.get(run.status):
            lines.append(f"{letter} {word}")
        if run.is_stacked:
            lines.append(conclusions.STACKED.format(f"{letter} was"))
    lines += filter(None, map(_diverged, found))
    if settled:
        first, second = (" ".join(group.letters) for group in found)
        text = conclusions.of_means(spreads[0], spreads[1], write, (first, second))
        alone = "" if points is None else f" The two chosen runs alone: {formats.points(points)}."
        lines.append(text + alone)
    elif comparable and sum(bool(group.finished) for group in found) > 1:
        lines.append(conclusions.ONE_SAMPLE)
    if settled or points is not None:
        lines.append(conclusions.CHOOSING)
    return lines


def _diverged(group: SeedGroup) -> str:
    """Describe seeds that diverged beside others that were chosen."""
    if len(group.members) == len(group.letters) or not group.diverged:
        return ""  # all were chosen, and it is said of each
    return (
        f"Of {len(group.members)} seeds of {' and '.join(group.letters)}, {group.diverged} "
        "diverged and are in no mean."
    )
