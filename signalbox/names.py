"""Names for what was recorded: from cheap, lifeless facts taken on the hot path to names that a developer reads.

Nothing here keeps a receiver, a sender or a signal alive: a weakly connected receiver must be able to die while its
span waits to be drained.
"""

import functools
import os
import sys
import weakref
from pathlib import Path
from types import BuiltinFunctionType, CodeType, FunctionType, MethodType
from typing import Any, NamedTuple

from django.db.models.options import Options
from django.dispatch import Signal

#: A chain of decorators that is longer than this has a loop in it.
MOST_DECORATORS = 20


class Function(NamedTuple):
    """What names a function, method, partial or object, without the object."""

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


class ReceiverSubject(NamedTuple):
    """One call of one receiver for one signal."""

    function: Function
    signal: "weakref.ref[Signal]"


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


def function_of(called: Any) -> Function:
    """What names a callable.

    Only its type is asked about, never the object itself: a lazy object would be evaluated by an ``isinstance``, and a
    mock has every attribute.
    """
    while issubclass(type(called), functools.partial):
        called = called.func
    if type(called) is MethodType:
        called = called.__func__
    if type(called) is not FunctionType:
        named = called if type(called) is BuiltinFunctionType else type(called)
        call = type(called).__dict__.get("__call__")
        code = call.__code__ if type(call) is FunctionType else None
        return Function(str(named.__module__), named.__qualname__, code)
    return Function(str(called.__module__), called.__qualname__, _own_code(called))


def _own_code(function: FunctionType) -> CodeType:
    """The code that the developer wrote: below decorators that used ``functools.wraps``."""
    for _ in range(MOST_DECORATORS):
        wrapped = function.__dict__.get("__wrapped__")
        if type(wrapped) is not FunctionType:
            break
        function = wrapped
    return function.__code__


def sender_name(sender: Any) -> str:
    """``app.MyModel`` for a model, the dotted name of another class, the text of a string, the class of the rest."""
    if sender is None or type(sender) is str:
        return str(sender)
    named = sender if issubclass(type(sender), type) else type(sender)
    meta = named.__dict__.get("_meta")
    return meta.label if type(meta) is Options else f"{named.__module__}.{named.__qualname__}"


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
