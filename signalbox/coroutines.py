"""Awaiting a coroutine inside a span, so that the times in which it really runs are known.

A task is one stack of coroutines: whenever it runs, all that is open in it runs. So it is the outermost span of a task
alone whose coroutine is driven step by step, which is dear. What begins inside of it, in the same task, is awaited
plainly and told of each step (``signalbox.spans.Steps``).
"""

import types
from collections.abc import Coroutine, Generator
from contextvars import Context, Token, copy_context
from typing import Any

from signalbox.contexts import Changes, compare, write_down, write_down_kept
from signalbox.faults import give_up
from signalbox.spans import FIRST_STEP, Span, Steps, Unrecorded, current, end_span

CurrentToken = Token[Span | Unrecorded | None]


async def recorded(coroutine: Coroutine[Any, Any, Any], span: Span, inside: Unrecorded | None = None) -> Any:
    """Await the coroutine inside ``span``, with ``inside`` as the current one where what it does isn't recorded."""
    if span.steps is None:
        return await driven(coroutine, span, inside)
    span.steps.join(span)
    token = current.set(inside or span)
    try:
        result = await coroutine
    except BaseException as error:
        leave(span, token, error)
        raise
    leave(span, token)
    return result


async def driven(coroutine: Coroutine[Any, Any, Any], span: Span, inside: Unrecorded | None = None) -> Any:
    """The same as the outermost span of a task, step by step."""
    span.steps = FIRST_STEP
    token = current.set(inside or span)
    try:
        awaited = coroutine.send(None)
    except StopIteration as stop:
        leave(span, token)
        return stop.value
    except BaseException as error:
        leave(span, token, error)
        raise
    return await drive_on(coroutine, span, token, awaited)


@types.coroutine
def drive_on(
    coroutine: Coroutine[Any, Any, Any], span: Span, token: CurrentToken, awaited: Any, changes: Changes = None
) -> Generator[Any, Any, Any]:
    """Drive a coroutine that has taken its first step, to ``awaited``, from here to its end.

    The current span is set at each resumption and reset at each suspension, never for longer: from Django 6.1 on the
    async receivers of a dispatch share one context, so a value left behind would be seen by a sibling. What a span
    inside of this one has set is set again at the next resumption. A receiver's context is compared at each step.
    """
    steps = span.steps = Steps(span) if span.steps is None or span.steps is FIRST_STEP else span.steps
    watched = span.kind == "receiver"
    before: Context | None = None
    while True:
        held = current.get()
        current.reset(token)
        steps.end()
        try:
            argument = yield awaited
            resume: Any = coroutine.send
        except GeneratorExit as closing:
            _close(coroutine, span, held, closing)
            raise
        except BaseException as thrown:
            resume, argument = coroutine.throw, thrown
        token = current.set(held)
        before = copy_context() if watched else None
        steps.begin()
        try:
            awaited = resume(argument)
        except StopIteration as stop:
            if before is not None:
                write_down(span, compare(before, changes))
            leave(span, token)
            return stop.value
        except BaseException as error:
            if before is not None:
                write_down(span, compare(before, changes))
            leave(span, token, error)
            raise
        if before is not None:
            changes = compare(before, changes)


def _close(
    coroutine: Coroutine[Any, Any, Any], span: Span, held: Span | Unrecorded | None, closing: GeneratorExit
) -> None:
    """Nobody will resume the coroutine again: it gets its chance to clean up, inside its span like all it does."""
    token = current.set(held)
    if span.steps is not None:
        span.steps.begin()
    try:
        coroutine.close()
    finally:
        leave(span, token, closing)


def leave(span: Span, token: CurrentToken, error: BaseException | None = None) -> None:
    """End a span that was the current one, and go back to the one around it."""
    try:  # noqa: SIM105 (suppress() would cost more than all the rest)
        current.reset(token)
    except ValueError:  # the coroutine is being closed from elsewhere: this context is not the one that it ran in
        pass
    try:
        if span.kind == "dispatch":
            write_down_kept(span)
        if span.steps is FIRST_STEP:
            span.ran_through, span.steps = True, None
        elif span.steps is not None:
            span.steps.part(span)
        end_span(span, error)
    except Exception as fault:
        give_up(fault)
