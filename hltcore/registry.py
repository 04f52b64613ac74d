"""Registry: names for the things a run is made of, open to additions by scripts and by entry points."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any, Generic, NoReturn, TypeVar

from hltcore.errors import OptionError, OwnPartError, RegistryError, UnknownNameError, nearest, quoted, reason
from hltcore.options import Option, Value

if TYPE_CHECKING:
    from importlib.metadata import EntryPoint

    from hltcore.written import Written

__all__ = ["Entry", "Own", "Registry"]

_NAME = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
_LONGEST = 40
_OPTION = re.compile(r"[^\W\d]\w*")
_PARTS = ("model", "dataset", "loss", "optimizer")
_RESERVED = (*_PARTS, "lr", "seed", "batch", "shuffle", "init", "updates", "l1", "l2", "frozen")
"""What a spec means by these words no option can be called."""


@dataclass(frozen=True)
class Entry:
    """A named thing that a run can be made of.

    Attributes:
        name: Its name in specs: lower case, digits and hyphens.
        factory: Makes it; the registry's module says with what arguments.
        summary: One line for lists.
        aliases: Other names for it.
        options: Its own settings, each a word in a spec.
        script: Tells how it is written in a plain script; gets what the factory gets. None where nobody said: then
            the factory's own source is taken, where it can be.
    """

    name: str
    factory: Callable[..., Any]
    summary: str = ""
    aliases: tuple[str, ...] = ()
    options: tuple[Option, ...] = ()
    script: Callable[..., Written] | None = field(default=None, kw_only=True, compare=False, repr=False)

    @property
    def notes(self) -> tuple[str, ...]:
        """What lists say of it besides its summary, a line each."""
        return ()

    def option(self, name: str) -> Option | None:
        """The option of that name, or None."""
        return next((option for option in self.options if option.name == name), None)

    def complete(self, given: dict[str, Value]) -> dict[str, Value]:
        """All options with their values, the given ones in place of the defaults.

        Raises:
            OptionError: A given name is not one of this entry's options, or its value is not allowed.
        """
        known = {option.name: option for option in self.options}
        for name in given:
            if name not in known:
                raise OptionError(f"{quoted(self.name)} has no option {quoted(name)}: {nearest(name, known)}")
        return {name: option.read(given.get(name, option.default)) for name, option in known.items()}


OWN = "own:"
"""What the names begin with of parts that a script passed as objects: no name in a registry has a colon."""


class Own(str):
    """The name of a part that is in no registry, but an object that a script passed.

    It is text as any other name, and brings its entry along, which a registry then gives for it. It equals itself
    alone: two objects may have one text.

    Args:
        name: What it is called; what cannot stand in a spec becomes a hyphen.
        source: The object.
        describe: Makes its entry, given this name.
    """

    source: object
    entry: Any

    def __new__(cls, name: str, source: object, describe: Callable[[Own], Entry]) -> Own:
        """Make the name, and its entry."""
        word = re.sub(r"[^\w-]+", "-", name).strip("-") or "unnamed"
        own = super().__new__(cls, OWN + word[:_LONGEST])
        own.source = source
        own.entry = describe(own)
        return own

    def __eq__(self, other: object) -> bool:
        return self is other

    def __ne__(self, other: object) -> bool:
        return self is not other

    def __hash__(self) -> int:
        return id(self)

    def __deepcopy__(self, memo: object) -> Own:
        return self

    def __reduce_ex__(self, protocol: object) -> NoReturn:
        raise OptionError(f"{self} is an object of this program, and cannot be handed to another one.")


E = TypeVar("E", bound=Entry)


class Registry(Generic[E]):
    """Entries by name and alias.

    Packages add entries without being imported: the entry point ``my-net = "course.nets:entry"`` in the group
    ``hltcore.models`` names an ``Entry`` that is loaded when ``my-net`` is first asked for.

    Args:
        kind: What the entries are, for messages ("model").
        group: The entry-point group.
        entry_type: The class of the entries.
    """

    def __init__(self, kind: str, group: str, entry_type: type[E]) -> None:
        self.kind = kind
        self._group = group
        self._entry_type = entry_type
        self._entries: dict[str, E] = {}
        self._aliases: dict[str, str] = {}

    def add(self, entry: E) -> E:
        """Take an entry in.

        Raises:
            RegistryError: A name is malformed or taken, or an option has the name of another or of a setting.
        """
        self._check_options(entry)
        names = (entry.name, *entry.aliases)
        for name in names:
            if not _NAME.fullmatch(name):
                raise RegistryError(
                    f"{quoted(name)} cannot name a {self.kind}: use lower-case letters, digits and single hyphens."
                )
            if name in self._entries or name in self._aliases or names.count(name) > 1:
                raise RegistryError(f"The {self.kind} {quoted(name)} is registered already.")
        self._entries[entry.name] = entry
        self._aliases.update(dict.fromkeys(entry.aliases, entry.name))
        return entry

    def _check_options(self, entry: E) -> None:
        names = [option.name for option in entry.options]
        for name in names:
            if name in _RESERVED:
                raise RegistryError(
                    f"The {self.kind} {quoted(entry.name)} has an option {quoted(name)}: a spec "
                    "has a setting of that name."
                )
            if not _OPTION.fullmatch(name) or names.count(name) > 1:
                raise RegistryError(
                    f"The {self.kind} {quoted(entry.name)} has an option {quoted(name)}: use letters, "
                    "digits and underscores, and no name twice."
                )

    def remove(self, name: str) -> None:
        """Take an entry out again, with its aliases; runs that are made of it cannot go back across a switch.

        Raises:
            UnknownNameError: There is none of that name.
        """
        entry = self.get(name)
        del self._entries[entry.name]
        for alias in entry.aliases:
            self._aliases.pop(alias, None)

    def get(self, name: str) -> E:
        """The entry of that name or alias, or the one that the name brings along.

        Raises:
            UnknownNameError: There is none; the message offers the nearest name.
            RegistryError: The package that should provide it failed to.
        """
        if isinstance(name, Own) and isinstance(name.entry, self._entry_type):
            return name.entry
        key = str(name).casefold()
        if key.startswith(OWN):
            raise OwnPartError(self.kind, str(name))
        key = self._aliases.get(key, key)
        if key not in self._entries and key in self._plugins:
            self._load(key)
        if key not in self._entries:
            raise UnknownNameError(self.kind, str(name), self.names(), self._aliases)
        return self._entries[key]

    def canonical(self, name: str) -> str:
        """The full name for a name or alias."""
        return self.get(name).name

    def names(self) -> tuple[str, ...]:
        """All names in the order of registration, those of entry points last."""
        return (*self._entries, *(name for name in self._plugins if name not in self._entries))

    def __iter__(self) -> Iterator[E]:
        """All entries but those whose package fails to provide them; ``get`` tells why."""
        for name in self.names():
            with suppress(RegistryError):
                yield self.get(name)

    def saved(self) -> Callable[[], None]:
        """Remember the present entries.

        Returns:
            Puts them back: what was added since is gone, what was removed is there again.
        """
        entries, aliases = dict(self._entries), dict(self._aliases)

        def put_back() -> None:
            self._entries, self._aliases = entries, aliases

        return put_back

    @cached_property
    def _plugins(self) -> dict[str, EntryPoint]:
        from importlib import metadata  # late: most runs are made of parts that are registered already

        return {point.name: point for point in metadata.entry_points(group=self._group)}

    def _load(self, name: str) -> None:
        point = self._plugins[name]
        try:
            entry = point.load()
        except Exception as error:
            raise RegistryError(
                f"The {self.kind} {quoted(name)} could not be loaded from {quoted(point.value)}: {reason(error)}"
            ) from error
        if not isinstance(entry, self._entry_type) or entry.name != name:
            raise RegistryError(
                f"The entry point {quoted(point.value)} is not an entry for the {self.kind} {quoted(name)}."
            )
        if self._entries.get(name) is not entry:  # its module may have registered it itself
            self.add(entry)
