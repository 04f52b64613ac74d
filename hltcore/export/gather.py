"""Gather: the source of a part that somebody else registered, with all of its own that it needs."""

from __future__ import annotations
import __future__

import ast
import builtins
import inspect
import symtable
import sys
import textwrap
from collections.abc import Callable, Iterator
from types import FunctionType, ModuleType
from typing import Any

from hltcore.errors import ExportError, printable, quoted

__all__ = ["FUTURE", "gathered"]

FUTURE = "from __future__ import annotations"
"""The import that stands before all others."""

_PLAIN = (bool, int, float, str, bytes, type(None))
_OURS = frozenset(
    {
        "xs", "ys", "x", "y", "y_pred", "model", "criterion", "optimizer", "loss", "digits", "update", "shuffled",
        "batches", "epoch", "weights", "frozen", "kept", "other", "parameter", "table", "file", "rows", "random",
        "csv", "torch", "Path", "l1", "l2",
    }
)  # fmt: skip
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
        if not self._new(name):
            return
        try:
            source = textwrap.dedent(inspect.getsource(item)).rstrip()
            tree = ast.parse(source)
        except (OSError, TypeError, SyntaxError):
            raise self._refusal(f"there is no source of {quoted(name)}") from None
        self._check_imports(tree)
        module = sys.modules.get(item.__module__)
        if module is None:
            raise self._refusal(f"the module of {quoted(name)} is not there")
        if getattr(module, "annotations", None) is __future__.annotations:
            self.imports.append(FUTURE)  # its annotations may name what is not there when it runs
        for used in _names(source):
            if used != name and hasattr(module, used):
                self._take(used, getattr(module, used), module)
        self.sources.append(source)

    def _new(self, name: str) -> bool:
        """Whether a name is not in the script yet, as it is from here on."""
        if name in _OURS:
            raise self._refusal(f"{quoted(name)} is a name that the script has already")
        known = name in self._seen
        self._seen.add(name)
        return not known

    def _take(self, name: str, value: Any, module: ModuleType) -> None:
        """Make a name of the module known to the script."""
        if isinstance(value, ModuleType):
            self._check_root(value.__name__)
            if name not in ("torch", "random", "csv") or value.__name__ != name:
                self._new(name)
                self.imports.append(f"import {value.__name__}" + (f" as {name}" if name != value.__name__ else ""))
        elif isinstance(value, FunctionType | type) and value.__module__ == module.__name__:
            self.visit(value)
        elif isinstance(value, _PLAIN) or (isinstance(value, tuple) and all(isinstance(v, _PLAIN) for v in value)):
            if self._new(name):
                self.sources.append(f"{name} = {value!r}")
        elif getattr(value, "__module__", None) and getattr(value, "__name__", None):
            self._check_root(value.__module__)
            self._new(name)
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


def _names(source: str) -> Iterator[str]:
    """The names that source takes from its module, and that Python does not have."""
    top = symtable.symtable(source, "source", "exec")
    scopes = [top]
    while scopes:
        scope = scopes.pop(0)
        scopes += scope.get_children()
        for symbol in scope.get_symbols():
            taken = not symbol.is_assigned() if scope is top else symbol.is_global()
            if symbol.is_referenced() and taken and not hasattr(builtins, symbol.get_name()):
                yield symbol.get_name()
