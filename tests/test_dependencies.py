"""What is imported is listed, with a lowest version and one that it stays below; and locked."""

import ast
import sys
import tomllib
from importlib.metadata import packages_distributions

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from playground.environment import PROJECT
from playground.export import FILE_FORMATS

OURS = {"playground", "pages", "tests", "benchmarks", "streamlit_app"}
BY_ANOTHER = {"packaging": "pytest", "narwhals": "altair"} | dict.fromkeys(
    ("google", "starlette", "uvicorn"), "streamlit"
)
"""What comes with a listed package that needs it as we do."""
_PYPROJECT = tomllib.loads((PROJECT / "pyproject.toml").read_text("utf-8"))
EXTRAS = {
    extra: [Requirement(line) for line in lines]
    for extra, lines in _PYPROJECT["project"]["optional-dependencies"].items()
}
ITSELF = _PYPROJECT["project"]["name"]
NEEDED = [Requirement(line) for line in _PYPROJECT["project"]["dependencies"]]
LISTED = [one for some in (NEEDED, *EXTRAS.values()) for one in some if one.name != ITSELF]
LOCKED = {
    canonicalize_name(found.name): found
    for line in (PROJECT / "requirements.lock").read_text("utf-8").splitlines()
    if not line.startswith("#")
    for found in [Requirement(line)]
}


def imported() -> dict[str, str]:
    """The packages that any file of ours imports, with the first such file."""
    found: dict[str, str] = {}
    rooms = [path for room in OURS for path in PROJECT.glob(f"{room}/**/*.py")]
    for path in [*rooms, *PROJECT.glob("*.py")]:
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            names = [one.name for one in node.names] if isinstance(node, ast.Import) else []
            if isinstance(node, ast.ImportFrom) and not node.level:
                names = [node.module or ""]
            for name in names:
                found.setdefault(name.partition(".")[0], str(path.relative_to(PROJECT)))
    return found


def test_every_package_that_is_imported_is_listed():
    listed = {canonicalize_name(one.name) for one in LISTED}
    providers = packages_distributions()
    missing = {}
    for package, path in imported().items():
        package = BY_ANOTHER.get(package, package)
        known = {canonicalize_name(one) for one in providers.get(package, [package])}
        if package not in OURS | sys.stdlib_module_names and not known & listed:
            missing[package] = path
    assert missing == {}, "list them in pyproject.toml"


@pytest.mark.parametrize("one", LISTED, ids=lambda one: one.name)
def test_every_package_has_a_lowest_version_and_a_ceiling_and_is_locked_between_them(one):
    assert {found.operator for found in one.specifier} == {">=", "<"}
    locked = LOCKED[canonicalize_name(one.name)]
    (version,) = locked.specifier
    assert version.operator == "==" and one.specifier.contains(version.version, prereleases=True)


def test_the_lock_names_versions_and_no_place():
    assert len(LOCKED) > len(LISTED) and ITSELF not in LOCKED
    for found in LOCKED.values():
        assert found.url is None and [one.operator for one in found.specifier] == ["=="]


@pytest.mark.parametrize("file", ["requirements.txt", "requirements-dev.txt"])
def test_what_is_installed_with_the_app_and_with_its_tests_are_extras_that_there_are(file):
    # pip only warns of an extra that there is not.
    (line,) = [one for one in (PROJECT / file).read_text("utf-8").splitlines() if one[0] != "#"]
    named = Requirement(line.replace("-e .", ITSELF)).extras
    assert named and named <= set(EXTRAS)
    needed = {form.extra for form in FILE_FORMATS.values() if form.extra}
    if file == "requirements-dev.txt":
        (again,) = [one for one in EXTRAS["dev"] if one.name == ITSELF]
        named, needed = again.extras, set(EXTRAS) - {"dev"}
    assert named >= needed


@pytest.mark.parametrize("form", [name for name, form in FILE_FORMATS.items() if form.modules])
def test_a_form_of_export_names_the_extra_that_brings_its_modules(form):
    brought = {canonicalize_name(one.name) for one in EXTRAS[FILE_FORMATS[form].extra]}
    providers = packages_distributions()
    for module in FILE_FORMATS[form].modules:
        assert brought & {canonicalize_name(one) for one in providers[module]}
