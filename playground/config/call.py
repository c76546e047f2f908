"""A call of a library as data: which function, and which setting is which of its arguments.

So a config says how it is computed without importing what computes it. Training makes the call, the
exported script and the pages print it.
"""

import ast
from collections.abc import Mapping
from itertools import chain
from pkgutil import resolve_name
from typing import Any

_NEEDED = {"max": max, "min": min, "round": round}
"""The functions that an argument may use."""
_PACKAGES = {"torch.optim.lr_scheduler": "lr_scheduler", "torch.optim": "optim", "torch.nn": "nn"}
"""How a script names what it imports; of any other module it has the function itself."""


class Call:
    """A function's full name, and each of its arguments as a Python expression.

    An expression may use the names of fields (``eps="epsilon"``), those that the caller gives, and
    ``max``, ``min`` and ``round``. It is part of our code, never input.

    >>> Call("torch.optim.Adam", betas="(beta1, beta2)", eps="epsilon")
    """

    def __init__(self, target: str, *arguments: "str | Call", **named: str) -> None:
        """Make one; ``arguments`` may be calls themselves."""
        self.target, self.arguments, self.named = target, arguments, named

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Call) and vars(self) == vars(other)

    def __hash__(self) -> int:
        return hash((self.target, self.arguments, *self.named.items()))

    def make(self, names: Mapping[str, Any], *first: Any, **more: Any) -> Any:
        """Import the function and call it, each expression evaluated with the values in ``names``.

        ``first`` and ``more`` are further arguments, as values.
        """
        arguments = [
            one.make(names) if isinstance(one, Call) else evaluate(one, names)
            for one in self.arguments
        ]
        named = {name: evaluate(text, names) for name, text in self.named.items()}
        return resolve_name(self.target)(*first, *arguments, **named, **more)

    def source(self, names: Mapping[str, str], *first: str, **more: str) -> str:
        """Write the call as a script has it, each name in ``names`` replaced by its text."""
        arguments = [
            one.source(names) if isinstance(one, Call) else substitute(one, names)
            for one in self.arguments
        ]
        named = {name: substitute(text, names) for name, text in self.named.items()}
        pairs = [f"{name}={text}" for name, text in {**named, **more}.items()]
        return f"{self.written}({', '.join([*first, *arguments, *pairs])})"

    def evaluated(self, names: Mapping[str, Any]) -> "Call":
        """Give the same call with each expression replaced by its value."""
        arguments = [
            one.evaluated(names) if isinstance(one, Call) else repr(evaluate(one, names))
            for one in self.arguments
        ]
        named = {name: repr(evaluate(text, names)) for name, text in self.named.items()}
        return Call(self.target, *arguments, **named)

    @property
    def written(self) -> str:
        """The function as a script names it, such as ``optim.Adam``."""
        module, _, name = self.target.rpartition(".")
        if module == "torch.nn.init":
            return f"nn.init.{name}"
        return f"{_PACKAGES[module]}.{name}" if module in _PACKAGES else name

    @property
    def needed_import(self) -> str:
        """The line that a script needs for it beside its usual ones; empty if there is none.

        Our own functions are quoted and not imported.
        """
        module, _, name = self.target.rpartition(".")
        usual = module in _PACKAGES or module == "torch.nn.init" or module.startswith("playground.")
        return "" if usual else f"from {module} import {name}"

    def names(self) -> list[str]:
        """List the names that its expressions use, each once."""
        texts = [*self.arguments, *self.named.values()]
        found = (one.names() if isinstance(one, Call) else free_names(one) for one in texts)
        return list(dict.fromkeys(chain.from_iterable(found)))


def evaluate(expression: str, names: Mapping[str, Any]) -> Any:
    """Compute an expression of our own code."""
    return eval(expression, {"__builtins__": {}, **_NEEDED, **names})


def substitute(expression: str, names: Mapping[str, str]) -> str:
    """Give an expression with each of these names replaced by its text."""
    tree = ast.parse(expression, mode="eval")
    return ast.unparse(_Replaced(names).visit(tree))


class _Replaced(ast.NodeTransformer):
    def __init__(self, names: Mapping[str, str]) -> None:
        self.names = names

    def visit_Name(self, node: ast.Name) -> ast.AST:
        text = self.names.get(node.id)
        return node if text is None else ast.parse(text, mode="eval").body


def free_names(expression: str) -> list[str]:
    """List the names that an expression takes from outside, in their order: none of a lambda's
    own."""
    tree = ast.parse(expression, mode="eval")
    own = {node.arg for node in ast.walk(tree) if isinstance(node, ast.arg)} | _NEEDED.keys()
    nodes = [node for node in ast.walk(tree) if isinstance(node, ast.Name)]
    nodes.sort(key=lambda node: (node.lineno, node.col_offset))
    return [node.id for node in nodes if node.id not in own]
