"""Gather: the source of a part that somebody else registered, with all of its own that it needs."""

from __future__ import annotations

import ast
import builtins
import inspect
import sys
import textwrap
from collections.abc import Callable, Iterator
from types import FunctionType, ModuleType
from typing import Any

from hltcore.errors import ExportError, printable, quoted

__all__ = ["gathered"]

_PLAIN = (bool, int, float, str, bytes, type(None))
_OURS = {
    "xs",
    "ys",
    "x",
    "y",
    "y_pred",
    "model",
    "criterion",
    "optimizer",
    "loss",
    "digits",
    "update",
    "weights",
    "torch",
}
"""Names that a script has already."""


def gathered(what: str, factory: Callable[..., Any]) -> tuple[str, tuple[str, ...]]:
    """The source of a function, of the classes and functions of its module that it uses, and their imports.

    Args:
        what: Whose it is, for messages ("model three-layer").
        factory: A function of a module, without what it closes over.

    Returns:
        The definitions, each after those it uses, and import lines.

    Raises:
        ExportError: There is no such source, or it uses what a script cannot have.
    """
    found = _Gatherer(what)
    found.visit(factory)
    return "\n\n\n".join(found.sources), tuple(dict.fromkeys(found.imports))


class _Gatherer:
    def __init__(self, what: str) -> None:
        self._what = what
        self._seen: set[str] = set()
        self.sources: list[str] = []
        self.imports: list[str] = []

    def visit(self, item: Any) -> None:
        """Take in a function or a class, what it uses first."""
        name = getattr(item, "__name__", "")
        if not isinstance(item, FunctionType | type) or name == "<lambda>" or "." in item.__qualname__:
            raise self._refusal("it is no function or class of its own in a module")
        if name in _OURS:
            raise self._refusal(f"{quoted(name)} is a name that the script has already")
        if name in self._seen:
            return
        self._seen.add(name)
        try:
            source = textwrap.dedent(inspect.getsource(item)).rstrip()
            tree = ast.parse(source)
        except (OSError, TypeError, SyntaxError):
            raise self._refusal(f"there is no source of {quoted(name)}") from None
        self._check_imports(tree)
        module = sys.modules[item.__module__]
        for used in _names(tree):
            if used != name and hasattr(module, used):
                self._take(used, getattr(module, used), module)
        self.sources.append(source)

    def _take(self, name: str, value: Any, module: ModuleType) -> None:
        """Make a name of the module known to the script."""
        if isinstance(value, ModuleType):
            self._check_root(value.__name__)
            if value.__name__ != "torch" or name != "torch":
                self.imports.append(f"import {value.__name__}" + (f" as {name}" if name != value.__name__ else ""))
        elif isinstance(value, FunctionType | type) and value.__module__ == module.__name__:
            self.visit(value)
        elif isinstance(value, _PLAIN) or (isinstance(value, tuple) and all(isinstance(v, _PLAIN) for v in value)):
            self.sources.append(f"{name} = {value!r}") if name not in self._seen else None
            self._seen.add(name)
        elif getattr(value, "__module__", None) and getattr(value, "__name__", None):
            self._check_root(value.__module__)
            alias = f" as {name}" if name != value.__name__ else ""
            self.imports.append(f"from {value.__module__} import {value.__name__}{alias}")
        else:
            raise self._refusal(f"it uses {quoted(name)}, which is no module, function, class or plain constant")

    def _check_imports(self, tree: ast.AST) -> None:
        for node in ast.walk(tree):
            if isinstance(node, ast.Import):
                for alias in node.names:
                    self._check_root(alias.name)
            elif isinstance(node, ast.ImportFrom):
                self._check_root("hltcore" if node.level else node.module or "")

    def _check_root(self, module: str) -> None:
        if module.split(".")[0] in ("hltcore", "tui"):
            raise self._refusal("its source needs hltcore, or a part of its own package")

    def _refusal(self, why: str) -> ExportError:
        return ExportError(
            f"The {printable(self._what)} cannot be written as a script: {why}. Its register(…, script=…) can say how."
        )


def _names(tree: ast.AST) -> Iterator[str]:
    """The names that source uses and Python does not have, in order, each once."""
    used = (node.id for node in ast.walk(tree) if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load))
    return (name for name in dict.fromkeys(used) if not hasattr(builtins, name))
