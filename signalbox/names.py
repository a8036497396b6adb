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

import msgspec
from django.db.models.options import Options
from django.dispatch import Signal

#: A chain of decorators that is longer than this has a loop in it.
MOST_DECORATORS = 20
#: Distinct functions whose names are kept; a program that makes functions without end starts over.
MOST_FUNCTIONS = 10_000


class Function(NamedTuple):
    """What names a function, method, partial or object, without the object."""

    module: str
    qualname: str
    code: CodeType | None

    @property
    def name(self) -> str:
        return f"{self.module}.{self.qualname}"

    @property
    def short_name(self) -> str:
        """``Model.save``; of a function inside a function its own name alone."""
        return self.qualname.rpartition("<locals>.")[2]

    @property
    def source(self) -> str | None:
        """``path:line``, relative to the working directory or to the import path where it lies below one of them."""
        return None if self.code is None else f"{readable_path(self.code.co_filename)}:{self.code.co_firstlineno}"


class Sender(msgspec.Struct, frozen=True, gc=False):
    """What names a sender: a class by its module and name, anything else by those of its class, a text by itself."""

    module: str | None
    qualname: str

    @property
    def name(self) -> str:
        """``app.MyModel`` for a model; the dotted name of another class."""
        if self.module is None:
            return self.qualname
        found: Any = sys.modules.get(self.module)
        for part in self.qualname.split("."):
            found = getattr(found, part, None)
        meta = getattr(found, "_meta", None)
        return meta.label if isinstance(meta, Options) else f"{self.module}.{self.qualname}"


NO_SENDER = Sender(None, "None")


class Dispatch(msgspec.Struct, eq=False, gc=False):
    """One send of one signal; how many receivers it meets is known once it has resolved them."""

    signal: "weakref.ref[Signal]"
    method: str
    sender: Sender
    sync_receivers: int | None = None
    async_receivers: int | None = None
    #: the async receivers of a ``send()`` on an event loop, which are refused before they could have spans
    refused: list[Function] | None = None
    #: until the dispatch ends: the context variables that its receivers have changed, with the new values
    changed: dict[Any, Any] | None = None


def function_of(called: Any) -> Function:
    """What names a callable.

    Only its type is asked about, never the object itself: a lazy object would be evaluated by an ``isinstance``, and a
    mock has every attribute.
    """
    while issubclass(type(called), functools.partial):
        called = called.func
    if type(called) is MethodType:
        called = called.__func__
    if type(called) is FunctionType:
        known = known_functions.get(id(called.__code__))
        return known if known is not None and _has_own_name(called) else _named(called)
    named = called if type(called) is BuiltinFunctionType else type(called)
    call = type(called).__dict__.get("__call__")
    code = call.__code__ if type(call) is FunctionType else None
    return Function(str(named.__module__), named.__qualname__, code)


def _named(function: FunctionType) -> Function:
    named = Function(str(function.__module__), function.__qualname__, _own_code(function))
    if named.code is function.__code__ and _has_own_name(function):
        if len(known_functions) >= MOST_FUNCTIONS:
            known_functions.clear()
        known_functions[id(function.__code__)] = named
    return named


def _has_own_name(function: FunctionType) -> bool:
    """Whether its code names it: those that one decorator has made share their code, but not the names it copied."""
    return function.__closure__ is None or function.__qualname__ == function.__code__.co_qualname


#: Functions that are known by the id of their code, which the entry keeps from being given out again. (Hashing the code
#: itself takes longer than all else that is recorded of a call.)
known_functions: dict[int, Function] = {}


def _own_code(function: FunctionType) -> CodeType:
    """The code that the developer wrote: below decorators that used ``functools.wraps``."""
    for _ in range(MOST_DECORATORS):
        wrapped = function.__dict__.get("__wrapped__")
        if type(wrapped) is not FunctionType:
            break
        function = wrapped
    return function.__code__


def sender_of(sender: Any) -> Sender:
    """What names a sender; as with callables, only its type is asked about."""
    if sender is None:
        return NO_SENDER
    if type(sender) is str:
        return Sender(None, sender)
    named = sender if issubclass(type(sender), type) else type(sender)
    return Sender(named.__module__, named.__qualname__)


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
