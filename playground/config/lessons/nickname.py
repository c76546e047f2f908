"""The names that people give themselves on a class board."""

import re
import unicodedata
from functools import cache
from pathlib import Path

from playground.errors import UserError
from playground.visible import visible

MOST_LETTERS = 24
_JOINS = re.compile("[\u200c\u200d\ufe0f]")
"""What may be between letters and emoji, and is not seen itself."""
_CONFUSABLES = Path(__file__).with_name("confusables.txt")


def nickname(text: str) -> str:
    """Clean a name as it is shown: its visible characters on one line, without spaces around.

    Raises UserError.
    """
    # Composed, and cut before that: a few characters may decompose into many.
    composed = unicodedata.normalize("NFC", text[: 10 * MOST_LETTERS])
    name = " ".join(visible(composed).split())
    name = unicodedata.normalize("NFC", name)  # a letter and a mark may stand together now
    kinds = {unicodedata.category(one) for one in name}
    if not any(kind[0] in "LNS" or kind == "Cn" for kind in kinds):  # of unknown ones, emoji alone
        raise UserError("A name needs a letter or a digit: write one.")
    if len(name) > MOST_LETTERS:
        raise UserError(f"A name has at most {MOST_LETTERS} letters: shorten it.")
    return name


def folded(name: str) -> tuple[str, str, str]:
    """Return three forms of a name; names that share one look alike: case and the forms of one
    letter do not count, nor which of the letters it is that look the same. The last is what stores
    of version 5 and before hold."""
    plain = unicodedata.normalize("NFKC", name)
    return skeleton(plain.casefold()), skeleton(plain).casefold(), plain.casefold()


def skeleton(text: str) -> str:
    """Map a text to its skeleton of UTS #39, which texts that look the same share."""
    seen = (one for one in unicodedata.normalize("NFD", text) if not _JOINS.match(one))
    looks = "".join(_prototypes().get(one, one) for one in seen)
    return unicodedata.normalize("NFD", looks)


@cache
def _prototypes() -> dict[str, str]:
    """Read the prototype of each character that looks like another."""
    found = {}
    for line in _CONFUSABLES.read_text("utf-8").splitlines():
        prototype, _, alike = line.partition("#")[0].partition(";")
        whole = "".join(chr(int(code, 16)) for code in prototype.split())
        found |= {chr(int(code, 16)): whole for code in alike.split()}
    return found
