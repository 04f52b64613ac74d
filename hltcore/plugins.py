"""Plugins: modules that add parts and checks by name, loaded because somebody named them.

A plugin is code, and loading it runs it. So it is loaded only where it is named on a command line (``--plugin``), never
because a spec, a saved session, a lesson or a log speaks of it.
"""

from __future__ import annotations

import importlib
import importlib.util
import sys
import traceback
import warnings
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from hashlib import sha256
from importlib import import_module
from pathlib import Path
from types import ModuleType
from typing import Any

from hltcore import diagnostics, featurizers, initialisations
from hltcore.errors import HltError, PluginError, printable, quoted, quoted_path, reason
from hltcore.registry import Registry
from hltcore.settings import REGISTRIES
from hltcore.spec import RunSpec

__all__ = ["ADDED", "Plugin", "load", "needed"]

ADDED: dict[str, Registry[Any]] = {
    **REGISTRIES,
    "initialisation": initialisations.registry,
    "check": diagnostics.registry,
    "featurizer": featurizers.registry,
}
"""What a plugin can add to, by kind."""


_OURS = (str(Path(__file__).parent), str(Path(importlib.__file__).parent))


@dataclass(frozen=True)
class Plugin:
    """A plugin that is loaded.

    Attributes:
        word: How it was named: a dotted module, or the path of a file.
        folder: Where its own files are.
        names: What it added: kind and name.
    """

    word: str
    folder: Path | None
    names: tuple[tuple[str, str], ...]

    @property
    def anywhere(self) -> str:
        """The word that names it from any folder."""
        return str(Path(self.word).expanduser().resolve()) if self.word.endswith(".py") else self.word


def load(*words: str) -> tuple[Plugin, ...]:
    """Load plugins, in order.

    Args:
        words: For each a dotted module that Python can import ("course.nets"), or the path of a file ("nets.py"),
            which may import what lies beside it. A module that is loaded already is not run again.

    Raises:
        PluginError: One cannot be loaded; nothing of it is left in the registries.
    """
    return tuple(_load(word) for word in dict.fromkeys(words))


def needed(spec: RunSpec, plugins: Iterable[Plugin]) -> tuple[str, ...]:
    """The words of those plugins without which a spec cannot be read: they added a part that it names."""
    path, *words = str(spec).split()
    used = set(zip(REGISTRIES, path.split("/")))
    for word in words:
        name, _, value = word.partition("=")
        used.add((_KINDS.get(name, name), value))
        used.update(("featurizer", item.partition(":")[2]) for item in value.split("+") if name == "features")
    return tuple(plugin.word for plugin in plugins if used & set(plugin.names))


_KINDS = {"init": "initialisation", "updates": "model"}
"""What the values of these settings are names of."""


def _load(word: str) -> Plugin:
    find = _file if word.endswith(".py") else _module
    put_back = [registry.saved() for registry in ADDED.values()]
    before, modules = _names(), set(sys.modules)
    try:
        with warnings.catch_warnings():
            warnings.filterwarnings("ignore", message="Failed to initialize NumPy")  # torch's, where it is not there
            module = find(word)
    except BaseException as error:
        for undo in put_back:
            undo()
        _forget(modules, word)
        if isinstance(error, KeyboardInterrupt | PluginError):
            raise
        raise PluginError(
            f"The plugin {quoted(word)} cannot be loaded: {_told(error)}{_where(error, word)}."
        ) from error
    return Plugin(word, _folder(module), tuple(sorted(_names() - before)))


def _names() -> set[tuple[str, str]]:
    return {(kind, name) for kind, registry in ADDED.items() for name in registry.names()}


def _file(word: str) -> ModuleType:
    path = Path(word).expanduser()
    if not path.is_file():
        raise PluginError(f"The plugin {quoted(word)} cannot be loaded: there is no such file.")
    path = path.resolve()
    # Not its own name alone: another module may be called so, and two plugins too.
    name = f"{path.stem}_{sha256(str(path).encode()).hexdigest()[:8]}"
    if name in sys.modules:
        return sys.modules[name]
    spec = importlib.util.spec_from_file_location(name, path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    if str(path.parent) not in sys.path:
        sys.path.append(str(path.parent))  # at the end: it is to find its neighbours, and to hide no other module
    spec.loader.exec_module(module)
    return module


def _module(word: str) -> ModuleType:
    try:
        return import_module(word)
    except ModuleNotFoundError as error:
        if error.name is None or not f"{word}.".startswith(f"{error.name}."):
            raise  # it is there, and imports something that is not
        file = Path(f"{word}.py")
        hint = f": did you mean {quoted_path(file)}?" if file.is_file() else ", or it is not installed here."
        raise PluginError(
            f"The plugin {quoted(word)} cannot be loaded: there is no module of that name{hint}"
        ) from None
    except (TypeError, ValueError):  # a name that Python takes for a relative one, or for none
        if word.strip("."):
            raise
        raise PluginError(f"The plugin {quoted(word)} is neither a module nor a file that ends in .py.") from None


def _forget(modules: set[str], word: str) -> None:
    """Have a plugin's own modules run again when they are asked for again: those beside it, or of its package."""
    folder = Path(word).expanduser().resolve().parent if word.endswith(".py") else None
    for name in set(sys.modules) - modules:
        file = getattr(sys.modules[name], "__file__", None)
        beside = folder is not None and file is not None and Path(file).parent == folder
        if beside or (folder is None and name.partition(".")[0] == word.partition(".")[0]):
            del sys.modules[name]


def _folder(module: ModuleType) -> Path | None:
    return Path(module.__file__).parent if module.__file__ else None


def _told(error: BaseException) -> str:
    if isinstance(error, HltError):
        return printable(error).rstrip(".")
    if isinstance(error, SystemExit):
        return "it ends the program"
    if isinstance(error, SyntaxError):
        return f"SyntaxError: {printable(error.msg)}"
    return reason(error)


def _where(error: BaseException, word: str) -> str:
    """The file and the line at which it went wrong, the last of the plugin's own."""
    if isinstance(error, SyntaxError) and error.filename:
        return f" ({printable(error.filename)}, line {error.lineno})"
    own = [(file, line) for file, line in _lines(error) if not _is_ours(file)]
    named = [place for place in own if Path(place[0]).parts[-1:] == Path(word).parts[-1:]]
    last = (named or own)[-1:]
    return "".join(f" ({printable(file)}, line {line})" for file, line in last)


def _lines(error: BaseException) -> Iterator[tuple[str, int]]:
    for frame in traceback.extract_tb(error.__traceback__):
        yield frame.filename, frame.lineno or 0


def _is_ours(file: str) -> bool:
    """Whether a line is of this library, or of what imports for it."""
    return file.startswith(("<frozen ", *_OURS))
