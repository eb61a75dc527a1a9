"""Equality, hash and repr for plain slotted classes; `dataclasses` would cost 9 ms at every start of the hook."""

from __future__ import annotations


class Value:
    """A value is equal to another of its class with equal slots. By convention nothing assigns to it once made."""

    __slots__: tuple[str, ...] = ()

    def slots(self) -> tuple[object, ...]:
        """Return the values of all slots, in the order of their declaration."""
        return tuple(getattr(self, name) for name in self.__slots__)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Value) and type(other) is type(self) and self.slots() == other.slots()

    def __hash__(self) -> int:
        return hash((type(self).__name__, self.slots()))

    def __repr__(self) -> str:
        fields = ", ".join(f"{name}={getattr(self, name)!r}" for name in self.__slots__)
        return f"{type(self).__name__}({fields})"
