"""Numbers and lists of widths as people type them, whatever their keyboard, as plain text.

What could be read as two numbers is refused: nobody's 0,05 may become another number.
"""

import re
import unicodedata
from itertools import pairwise

_MAX_LETTERS = 100
"""Of a number; the longest that a limit lets through has some twenty."""
_DASHES = dict.fromkeys("‐‒–—―−ー", "-")
_MARKS = {"٫": ".", "٬": "'", "’": "'", "،": ";", "؛": ";", "、": ";"}
_OTHERS = str.maketrans(_DASHES | _MARKS)
_WIDE = ("<wide>", "<narrow>", "<small>", "<noBreak>")
_SIGN = "[+-]?"


class Ambiguous(ValueError):
    """What can be read in two ways; the message says how to write each."""


def plain(text: str) -> str:
    """Write text with the digits, dashes, spaces and marks of other keyboards as ASCII has them."""
    if text.isascii():
        return text
    letters = (
        str(unicodedata.decimal(letter))
        if letter.isdecimal()
        # Not ² or ½, which the same form would make digits: 10² is not 102.
        else unicodedata.normalize("NFKC", letter)
        if unicodedata.decomposition(letter).startswith(_WIDE)
        else letter
        for letter in text
    )
    return "".join(letters).translate(_OTHERS)


def number(text: str) -> str:
    """Write a number as Python does, for 0,05 as for ０．０５; leave other text as it is.

    Raises Ambiguous.
    """
    found = _without_groups(text)
    if re.fullmatch(rf"{_SIGN}[1-9]\d{{0,2}},\d{{3}}", found):
        raise Ambiguous(f"write {found.replace(',', '')} or {found.replace(',', '.')}")
    return found.replace(",", ".") if found.count(",") == 1 and "." not in found else found


def whole(text: str) -> str:
    """Write a whole number as Python does, for 1,000 as the pages show it; leave other text.

    Raises Ambiguous.
    """
    found = _without_groups(text)
    if re.fullmatch(rf"{_SIGN}[1-9]\d{{0,2}}(,\d{{3}})+", found):
        return found.replace(",", "")
    if re.fullmatch(rf"{_SIGN}[1-9]\d{{0,2}}(\.\d{{3}})+", found):
        raise Ambiguous(f"write {found.replace('.', '')} or {found.partition('.')[0]}")
    return found


def _without_groups(text: str) -> str:
    """Make plain text, with 1 000 and 1'000 as 1000."""
    if len(text) > _MAX_LETTERS:
        return text
    found = plain(text).strip()
    if re.fullmatch(rf"{_SIGN}[1-9]\d{{0,2}}([ ']\d{{3}})+([.,]\d+)?", found):
        return re.sub("[ ']", "", found)
    return found


def split_values(text: str, decimal: bool) -> list[str]:
    """Split 0.01, 0.1 or 0,01; 0,1 into values, each as it was typed; ``decimal`` if they need not
    be whole.

    Raises Ambiguous.
    """
    found = plain(text)
    if re.search(r"[;\n]", found):
        parts = re.split(r"[;\n]", found)
    else:
        parts = found.split(",")
        # Which commas may be decimal points: those in the midst of digits, with no point beside.
        points = [bool(re.search(r"\.|\d[eE]", part)) for part in parts]
        within = any(
            re.search(r"\d$", left) and re.match(r"\d", right) and not (point or another)
            for (left, point), (right, another) in pairwise(zip(parts, points, strict=True))
        )
        between = re.search(r",\s", found)
        cut = any(re.fullmatch(r"0\d+", part.strip()) for part in parts)
        if cut or (within and (between or (decimal and not any(points)))):
            if decimal and len(parts) == 2:
                one, other = (part.strip() for part in parts)
                raise Ambiguous(
                    f"This comma could be a decimal point: write {one}.{other}, or {one}; {other} "
                    "for two values"
                )
            raise Ambiguous(
                "Some commas here could be decimal points: put semicolons between the values, "
                "such as 0.01; 0.1"
            )
    return [part.strip() for part in parts if part.strip()]


def widths(text: str) -> list[str] | str:
    """Split 64-32, 64, 32, [64,32] or ６４－３２ into widths; none for "none"; leave other text.

    Raises Ambiguous.
    """
    found = plain(text).strip()
    if inside := re.fullmatch(r"\[(.*)\]|\((.*)\)", found, re.DOTALL):
        found = (inside[1] or inside[2] or "").strip()
    if grouped := re.search(r"(?<![\d,.'])([1-9])[,.'](\d{3})(?![\d,.'])", found):
        first, rest = grouped.groups()
        raise Ambiguous(f"write {first}{rest}, or {first}-{int(rest)} for two layers")
    if re.search(r"^-|\b0\d", found):  # no width: a number below zero, or a piece of 64,1,024
        return text
    parts = re.split(r"[-,;/|x×→>\s]+", found, flags=re.IGNORECASE)
    return [part for part in parts if part and part.lower() != "none"]
