"""How numbers, times and lists are written, on pages, in files and in messages."""

from collections.abc import Sequence
from datetime import UTC, datetime, tzinfo
from math import isfinite

NOTHING = "–"
"""Stands for what is not there, or not known."""
LEAST, MOST = 1e-6, 1e9
"""Numbers below the first and from the second on are written with a power of ten."""

_SPACE = "\u00a0"  # no line breaks at it
_RAISED = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")


def plural(noun: str, count: int) -> str:
    """Write a noun as it follows a count: ``run`` or ``runs``."""
    return noun if count == 1 else f"{noun}s"


def counted(count: int, noun: str) -> str:
    """Write how many there are, such as ``1 run`` or ``1,200 runs``."""
    return f"{count:,} {plural(noun, count)}"


def listed(names: Sequence[str]) -> str:
    """Write one or more names as ``a, b and c``."""
    *first, last = names
    return f"{', '.join(first)} and {last}" if first else last


def shape(of: tuple[int, ...]) -> str:
    """Write a shape as channels × height × width, or as a number of values."""
    sizes = [f"{size:,}" for size in of]
    return " × ".join(sizes) if len(sizes) > 1 else f"{sizes[0]} values"


def minus(number: str) -> str:
    """Write a number's minus as one, if it is a hyphen."""
    return number.replace("-", "−")


def points(value: float, digits: int = 1) -> str:
    """Write percentage points with their sign, such as ``+3.4 points``; 0 has none."""
    rounded = round(value, digits) or 0.0  # not −0.0
    sign = "+" if rounded else ""
    return minus(f"{rounded:{sign},.{digits}f} points") if isfinite(value) else NOTHING


def share(value: float, digits: int = 1) -> str:
    """Write a share as a percentage, such as ``93.6 %``, with a space at which no line breaks.

    0 % and 100 % are said of nothing else, ``–`` of no number.
    """
    if not isfinite(value):
        return NOTHING
    least = 10.0**-digits
    if 0 < value * 100 < least:
        return f"< {least:g} %".replace(" ", _SPACE)
    if 100 - least < value * 100 < 100:
        return f"> {100 - least:g} %".replace(" ", _SPACE)
    return minus(f"{round(100 * value, digits) or 0.0:.{digits}f}{_SPACE}%")


def loss(value: float) -> str:
    """Write a loss with three digits that say something: ``0.171``, ``12.3``, ``< 0.0001``.

    0 is said of nothing else, ``–`` of no number.
    """
    if 0 < value < 1e-4:
        return "< 0.0001".replace(" ", _SPACE)
    if not isfinite(value) or not 1e-4 <= value < MOST:
        return number(value)
    return _plain(value, 3)


def number(value: float, digits: int = 3) -> str:
    """Write a number by its first digits: ``12,000``, ``0.0171``, ``0.00002``, ``2 × 10⁻⁷``; ``–``
    if it is none."""
    if not isfinite(value):
        return NOTHING
    factor, _, power = f"{value:.{digits - 1}e}".partition("e")
    if float(factor) == 0:
        return "0"
    if LEAST <= abs(float(f"{factor}e{power}")) < MOST:
        plain = _plain(value, digits)
        return plain.rstrip("0").rstrip(".") if "." in plain else plain
    factor = minus(factor.rstrip("0").rstrip("."))
    return f"{'' if factor == '1' else f'{factor} × '}10{str(int(power)).translate(_RAISED)}"


def _plain(value: float, digits: int) -> str:
    """Write a number that is not 0 with so many significant digits, zeros at its end too."""
    rounded = f"{value:.{digits - 1}e}"
    decimals = max(digits - 1 - int(rounded.partition("e")[2]), 0)
    return minus(f"{float(rounded):,.{decimals}f}")


def p_value(p: float) -> str:
    """Write a p-value after the letter p, such as ``= 0.03``; never 0 or 1, which no test can
    know."""
    if p < 0.001:
        return "< 0.001"
    return "> 0.99" if p > 0.99 else f"= {round(p, 3 if p < 0.1 else 2):g}"


def seconds(time: float) -> str:
    """Write what something took, in seconds, such as ``12.3 s``."""
    return f"{time:,.1f} s" if time >= 1 else f"{time:.2g} s"


def wait(time: float) -> str:
    """Write how long something will take, in seconds, such as ``about 5 min``."""
    if not isfinite(time):
        return NOTHING
    if time < 1:
        return "under 1 s"
    if time < 89.5:
        return f"about {time:.0f} s"
    if time < 5370:
        return f"about {time / 60:.0f} min"
    return f"about {time / 3600:,.1f} h"


def when(time: float, zone: tzinfo | None = None, form: str = "%d %b %H:%M") -> str:
    """Write a moment (seconds since 1970) by a zone's clock, such as ``21 Nov 14:05``; without a
    zone by UTC's, as it says."""
    text = datetime.fromtimestamp(time, zone or UTC).strftime(form).lstrip("0")
    return text if zone else f"{text} UTC"


def day(time: float) -> str:
    """Write a day such as ``21 November 2026 (UTC)``: a file is read anywhere."""
    moment = datetime.fromtimestamp(time, UTC)
    return f"{moment.day} {moment:%B %Y} (UTC)"


def iso_day(time: float) -> str:
    """Write a day (seconds since 1970) by UTC, such as ``2026-11-21``."""
    return f"{datetime.fromtimestamp(time, UTC):%Y-%m-%d}"


def local_minute(time: float) -> str:
    """Write a moment (seconds since 1970) by this machine's clock, such as ``2026-11-21 14:05``."""
    return f"{datetime.fromtimestamp(time):%Y-%m-%d %H:%M}"


def wall_clock(time: float, zone: tzinfo | None) -> datetime:
    """Return what a zone's clock shows at a moment (seconds since 1970), without the zone; of UTC's
    if there is none. For tables that sort and write moments themselves."""
    return datetime.fromtimestamp(time, zone or UTC).replace(tzinfo=None)
