"""The playground's own functions as an exported script has them: quoted from their files.

Nothing is imported, as the app knows no torch.
"""

import ast
import copy
from collections.abc import Iterable
from functools import cache
from pathlib import Path

import playground

_ROOT = Path(playground.__file__).parent


def quoted(targets: Iterable[str]) -> tuple[list[str], str]:
    """Quote functions and classes by their full names, each once, with what they use of their own
    files.

    Gives the imports that they need, a line each, and their source.
    """
    wanted: dict[str, list[str]] = {}
    for target in targets:
        module, _, name = target.rpartition(".")
        wanted.setdefault(module, []).append(name)
    imports: list[str] = []
    sources = []
    for module, names in wanted.items():
        file = _read(module)
        needed = file.needed(names)
        sources += [text for name, text in file.sources.items() if name in needed]
        imports += [line for name, line in file.imports.items() if name in needed]
    return list(dict.fromkeys(imports)), "\n\n\n".join(sources)


class _File:
    """A module's statements by the names that they define."""

    def __init__(self, text: str) -> None:
        self.sources: dict[str, str] = {}
        self.imports: dict[str, str] = {}
        self._uses: dict[str, set[str]] = {}
        statements = ast.parse(text).body
        for place, node in enumerate(statements):
            if isinstance(node, ast.Import | ast.ImportFrom):
                for alias in node.names:
                    one = copy.copy(node)
                    one.names = [alias]
                    self.imports[alias.asname or alias.name] = ast.unparse(one)
            elif name := _defined(node):
                source = _source(text, node)
                after = statements[place + 1] if place + 1 < len(statements) else None
                is_value = isinstance(node, ast.Assign | ast.AnnAssign)
                if after and is_value and _is_text(after):  # what it says of itself
                    source += "\n" + (ast.get_source_segment(text, after) or "")
                self.sources[name] = source
                self._uses[name] = {n.id for n in ast.walk(node) if isinstance(n, ast.Name)}

    def needed(self, names: Iterable[str]) -> set[str]:
        """Return the names that these and what they use need."""
        found: set[str] = set()
        waiting = list(names)
        while waiting:
            name = waiting.pop()
            if name not in found:
                found.add(name)
                waiting += self._uses.get(name, ())
        return found


@cache
def _read(module: str) -> _File:
    path = _ROOT.parent.joinpath(*module.split(".")).with_suffix(".py")
    return _File(path.read_text("utf-8"))


def _source(text: str, node: ast.stmt) -> str:
    """Cut out a statement, with the decorators that ``ast`` leaves out of its lines."""
    decorators = getattr(node, "decorator_list", [])
    above = [f"@{ast.get_source_segment(text, one)}" for one in decorators]
    return "\n".join([*above, ast.get_source_segment(text, node) or ""])


def _defined(node: ast.stmt) -> str:
    if isinstance(node, ast.FunctionDef | ast.ClassDef):
        return node.name
    target = None
    if isinstance(node, ast.Assign):
        target = node.targets[0]
    elif isinstance(node, ast.AnnAssign):
        target = node.target
    return target.id if isinstance(target, ast.Name) else ""


def _is_text(node: ast.stmt | None) -> bool:
    return (
        isinstance(node, ast.Expr)
        and isinstance(node.value, ast.Constant)
        and isinstance(node.value.value, str)
    )
