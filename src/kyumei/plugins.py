"""The one registry mechanism: a plug-in is a function and a decorator that states facts about it.

A registry finds its plug-ins by walking its package once, and other distributions' plug-ins by the entry-point group
`kyumei.<kind>` (each entry point names a module to import). There is no list to edit.
"""

from __future__ import annotations

import pkgutil
from importlib import import_module
from importlib.metadata import entry_points
from typing import Generic, Protocol, TypeVar


class Plugin(Protocol):
    """What every plug-in has: a dotted lower-case name, unique within its kind."""

    @property
    def name(self) -> str:
        """Return the plug-in's name."""


_COSTLY = "kernel"
"""Modules whose names begin so hold compiled loops, register nothing, and take half a second to import."""

P = TypeVar("P", bound=Plugin)


class Registry(Generic[P]):
    """All plug-ins of one kind.

    Args:
        kind: plural noun, also the suffix of the entry-point group.
        package: dotted name of the package whose modules are walked.
    """

    def __init__(self, kind: str, package: str) -> None:
        self.kind = kind
        self._package = package
        self._plugins: dict[str, P] = {}
        self._walked = False

    def add(self, plugin: P) -> P:
        """Register a plug-in; a second one of the same name is a bug."""
        known = self._plugins.get(plugin.name)
        if known is not None and known != plugin:
            msg = f"two {self.kind} are named {plugin.name}"
            raise ValueError(msg)
        self._plugins[plugin.name] = plugin
        return plugin

    def all(self) -> tuple[P, ...]:
        """Return every plug-in in the order of names."""
        self._walk()
        return tuple(self._plugins[name] for name in sorted(self._plugins))

    def get(self, name: str) -> P:
        """Return the plug-in of that name.

        Raises:
            KeyError: there is none.
        """
        self._walk()
        return self._plugins[name]

    def _walk(self) -> None:
        if self._walked:
            return
        self._walked = True
        package = import_module(self._package)
        for found in pkgutil.walk_packages(package.__path__, f"{self._package}."):
            if not found.name.rpartition(".")[2].startswith(_COSTLY):
                import_module(found.name)
        for point in sorted(entry_points(group=f"kyumei.{self.kind}"), key=lambda p: p.value):
            point.load()
