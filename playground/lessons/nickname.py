"""The names that people give themselves on a class board."""

import unicodedata

from playground.refusal import Refusal

MOST_LETTERS = 24
_BLANK = frozenset("\u115f\u1160\u2800\u3164\uffa0")
"""Letters and symbols that cannot be seen."""


def nickname(text: str) -> str:
    """The name as it is shown: printable, on one line, without spaces around it. Raises Refusal.

    What cannot be seen, or turns the direction of writing, is left out.
    """
    # Composed, and cut before that: a few characters may decompose into many.
    composed = unicodedata.normalize("NFC", text[: 10 * MOST_LETTERS])
    seen = "".join(" " if _unseen(character) else character for character in composed)
    name = " ".join(seen.split())
    if not any(unicodedata.category(character)[0] in "LNS" for character in name):
        raise Refusal("A name needs a letter or a digit: write one.")
    if len(name) > MOST_LETTERS:
        raise Refusal(f"A name has at most {MOST_LETTERS} letters: shorten it.")
    return name


def folded(name: str) -> str:
    """What two names must differ in: case and the forms of one letter do not count."""
    return unicodedata.normalize("NFKC", name).casefold()


def _unseen(character: str) -> bool:
    return unicodedata.category(character)[0] in "CZ" or character in _BLANK
