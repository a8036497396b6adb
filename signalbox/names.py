"""Names for what was recorded: from cheap, lifeless facts taken on the hot path to names that a developer reads.

Nothing here keeps a receiver, a sender or a signal alive: a weakly connected receiver must be able to die while its
span waits to be drained.
"""

import os
import sys
import weakref
from pathlib import Path
from types import CodeType
from typing import Any, NamedTuple

from django.dispatch import Signal


class ReceiverSubject(NamedTuple):
    """Which function, method, partial or object was called, and for which signal."""

    signal: "weakref.ref[Signal]"
    module: str
    qualname: str
    code: CodeType | None

    @property
    def name(self) -> str:
        return f"{self.module}.{self.qualname}"

    @property
    def source(self) -> str | None:
        """``path:line``, relative to the working directory or to the import path where it lies below one of them."""
        return None if self.code is None else f"{readable_path(self.code.co_filename)}:{self.code.co_firstlineno}"


class DispatchSubject:
    """One send of one signal."""

    __slots__ = ("async_receivers", "method", "sender", "signal", "sync_receivers")

    def __init__(self, signal: "weakref.ref[Signal]", method: str, sender: str) -> None:
        self.signal = signal
        self.method = method
        self.sender = sender
        self.sync_receivers: int | None = None
        self.async_receivers: int | None = None

    def awaits_receivers_of(self, signal: Signal) -> bool:
        return self.sync_receivers is None and self.signal() is signal

    def resolved(self, sync_receivers: int, async_receivers: int) -> None:
        self.sync_receivers = sync_receivers
        self.async_receivers = async_receivers


def receiver_subject(receiver: Any, signal: "weakref.ref[Signal]") -> ReceiverSubject:
    """What names the receiver, without the receiver: its names and its code object."""
    while hasattr(receiver, "func") and not hasattr(receiver, "__qualname__"):  # functools.partial
        receiver = receiver.func
    named = receiver if hasattr(receiver, "__qualname__") else type(receiver)
    call = getattr(type(receiver), "__call__", None)  # noqa: B004 (where it is defined, not whether it can be called)
    code = getattr(receiver, "__code__", None) or getattr(call, "__code__", None)
    return ReceiverSubject(signal, str(named.__module__), str(named.__qualname__), code)


def sender_name(sender: Any) -> str:
    """``app.MyModel`` for a model or a class, the value of a string or None, the class of anything else."""
    if sender is None or isinstance(sender, str):
        return str(sender)
    meta = getattr(sender, "_meta", None)
    label = getattr(meta, "label", None)
    if isinstance(label, str):
        return label
    named = sender if hasattr(sender, "__qualname__") else type(sender)
    return f"{named.__module__}.{named.__qualname__}"


_signal_names: "weakref.WeakKeyDictionary[Signal, str]" = weakref.WeakKeyDictionary()


def signal_name(reference: "weakref.ref[Signal]") -> str:
    """The name that a module holds the signal by: ``post_save``, with its module where it is not Django's own."""
    signal = reference()
    if signal is None:
        return "a signal that is gone"
    name = _signal_names.get(signal)
    if name is None:
        name = _signal_names[signal] = _find_signal(signal) or "an unnamed signal"
    return name


def _find_signal(signal: Signal) -> str | None:
    """Signals don't know their names; a module-level variable that holds them does. Django's own modules come first."""
    modules = sorted(sys.modules.items(), key=lambda item: not item[0].startswith("django."))
    for module_name, module in modules:
        for name, value in list(getattr(module, "__dict__", {}).items()):
            if value is signal:
                return name if module_name.startswith("django.") else f"{module_name}.{name}"
    return None


def readable_path(path: str) -> str:
    """The path as a developer would write it: below the working directory, or below the import path."""
    for base in (str(Path.cwd()), *sorted(sys.path, key=len, reverse=True)):
        if base and path.startswith(base.rstrip(os.sep) + os.sep):
            return path[len(base.rstrip(os.sep)) + 1 :]
    return path
