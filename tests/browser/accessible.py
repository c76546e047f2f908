"""What holds on every page, in each theme and size: no serious violation of axe-core's rules,
nothing that scrolls sideways, and a navigation in one line."""

from dataclasses import dataclass

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

SERIOUS = ("serious", "critical")
ONE_LINE_FROM = 1024
"""Width of a window, in pixels, from which on the navigation stands in one line."""


@dataclass(frozen=True)
class Known:
    """A violation of Streamlit's own that nothing of ours can mend: of one rule, on elements that
    a CSS selector finds, in one version of Streamlit."""

    rule: str
    selector: str
    why: str


KNOWN = (
    Known(
        "list",
        "ul[data-testid=stSidebarNavItems]",
        "1.67: on a phone the navigation's sections are div in one list.",
    ),
    Known(
        "listitem",
        "ul[data-testid=stSidebarNavItems] > div > li",
        "1.67: on a phone the navigation's pages are in these div, not in the list.",
    ),
    Known(
        "color-contrast",
        ".stSelectbox:has(input:disabled) [data-testid=stWidgetLabel] p",
        "1.67: the label of a box that is disabled. WCAG exempts it (1.4.3), and axe-core does "
        "so if the label is one of HTML; here it is a span beside an aria-label.",
    ),
)
_AXE = Axe()
_MATCHES = """([targets, selectors]) => targets.map(target => {
    const element = document.querySelector(target);
    return selectors.flatMap((selector, place) => element?.matches(selector) ? [place] : []);
})"""
_WIDE = """() => Math.max(
    document.documentElement.scrollWidth,
    document.querySelector('[data-testid=stMain]')?.scrollWidth ?? 0)"""
_NAVIGATION = """() => [...document.querySelectorAll('[data-testid=stTopNav] > *')].map(item => {
    const box = item.getBoundingClientRect();
    return {name: item.innerText.trim(), middle: box.top + box.height / 2, height: box.height,
            hidden: item.ariaHidden === 'true'};
})"""


@dataclass(frozen=True)
class Violation:
    """An element that breaks a rule of axe-core."""

    rule: str
    impact: str
    target: str
    """A CSS selector that finds it alone on its page."""
    html: str
    said: str
    """What was found, such as the two colours and their contrast."""
    known: Known | None = None

    def __str__(self) -> str:
        return f"{self.rule} ({self.impact}): {self.said}\n    {self.html}\n    {self.target}"


def violations(page: Page) -> list[Violation]:
    """Let axe-core look at a page; gives what is serious or critical, what is known too."""
    found = [
        (rule["id"], node)
        for rule in _AXE.run(page).response["violations"]
        for node in rule["nodes"]
        if node["impact"] in SERIOUS
    ]
    targets = [str(node["target"][0]) for _, node in found]
    places = page.evaluate(_MATCHES, [targets, [known.selector for known in KNOWN]])
    return [
        Violation(
            rule,
            node["impact"],
            target,
            " ".join(node["html"].split())[:200],
            "; ".join(check["message"] for check in node["any"] + node["all"] + node["none"]),
            next((KNOWN[place] for place in matching if KNOWN[place].rule == rule), None),
        )
        for (rule, node), target, matching in zip(found, targets, places, strict=True)
    ]


def layout_problems(page: Page) -> list[str]:
    """Tell in sentences what is wrong with a page as it stands in its window."""
    problems = []
    if page.get_by_test_id("stException").count():
        problems.append("It shows an exception.")
    width = page.evaluate("innerWidth")
    if (wide := page.evaluate(_WIDE)) > width:
        problems.append(f"It scrolls sideways: {wide} px in a window of {width}.")
    if width >= ONE_LINE_FROM:
        problems += _navigation_problems(page)
    return problems


def _navigation_problems(page: Page) -> list[str]:
    """Tell what the navigation does not hold in one line: Streamlit puts what has no room into a
    menu at its end, and hides that if it is empty."""
    *items, rest = page.evaluate(_NAVIGATION) or [None]
    if not items:
        return ["It has no navigation at the top."]
    if hidden := [item["name"] for item in items if item["hidden"]]:
        return [f"The navigation has no room for {', '.join(hidden)}."]
    if rest and not rest["hidden"]:
        return ["The navigation has no room for all of its places."]
    middles, highest = [one["middle"] for one in items], max(one["height"] for one in items)
    if max(middles) - min(middles) > highest / 2 or highest > 40:
        return ["The navigation takes more than one line."]
    return []
