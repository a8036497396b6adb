"""What a receiver does in an experiment: work for so long, then fail if it was told to.

The order travels in a context variable. asgiref and asyncio copy the context wherever they take the work, so a receiver
finds it on every thread and in every task.
"""

import contextvars
from typing import Literal, NamedTuple

ReceiverKind = Literal["sync", "async"]


class Work(NamedTuple):
    """How long a receiver works, in seconds, and which kinds of receivers then raise."""

    seconds: float = 2.0
    failing: frozenset[ReceiverKind] = frozenset()


class ToldToFail(Exception):
    """Raised by a receiver that was told to fail."""


ordered: contextvars.ContextVar[Work | None] = contextvars.ContextVar("app.work.ordered", default=None)
#: Outside of an experiment the receivers work for two seconds, as in the demonstration that the project started from.
UNORDERED = Work()


#: The kinds of receivers that have worked, as far as this context knows: whoever sent to them looks into it afterwards,
#: and learns whether what a receiver sets in a context variable comes back to him.
worked: contextvars.ContextVar[frozenset[ReceiverKind]] = contextvars.ContextVar("app.work.worked", default=frozenset())


def delay() -> float:
    """Seconds for which the receiver works."""
    return (ordered.get() or UNORDERED).seconds


def fail_if_told(kind: ReceiverKind) -> None:
    """The end of a receiver's work. Raises ToldToFail when receivers of this kind are to fail."""
    worked.set(worked.get() | {kind})
    if kind in (ordered.get() or UNORDERED).failing:
        raise ToldToFail(f"the {kind} receiver was told to fail")
