"""What all callers share: each runs inside a span of its own, with the experiment's way as its last argument."""

import contextlib
from collections.abc import Callable, Iterator
from typing import Any

from app.callers.siblings import Place
from app.experiments import Experiment
from app.live.laboratory import laboratory
from app.runs.environment import Where
from app.runs.under_way import CallerUnderWay, RunUnderWay

Caller = Callable[..., Any]


def begin(experiment: Experiment, where: Where = "server") -> RunUnderWay:
    """A run that waits for its callers. Raises Refused when there are too many."""
    return laboratory().collector.start(experiment, where)


@contextlib.contextmanager
def _under_way(place: Place, function: Caller) -> Iterator[CallerUnderWay]:
    """The time in which the caller runs. What it raises is a result of the experiment, not a failure of the program."""
    run = place.take()
    caller = CallerUnderWay(run.id, run.experiment, function, place.asked_ns)
    run.callers.append(caller)
    raised: BaseException | None = None
    try:
        yield caller
    except Exception as error:
        raised = error
    except BaseException as error:  # the client went away, or the server is going down
        raised = error
        raise
    finally:
        laboratory().collector.leave(caller, raised)


def perform(place: Place, function: Caller, *arguments: Any) -> Any:
    """Run a sync caller in its place; gives what it returned, None when it raised."""
    with _under_way(place, function) as caller, caller.scope:
        return function(*arguments, caller.way)


async def aperform(place: Place, function: Caller, *arguments: Any) -> Any:
    """Run an async caller in its place; gives what it returned, None when it raised."""
    with _under_way(place, function) as caller:
        return await caller.scope.around(function(*arguments, caller.way))


async def aperform_stream(place: Place, function: Caller, *arguments: Any) -> None:
    """Run an async caller in its place, and take in the body of the response that it returns, as part of it."""

    async def to_the_last_part() -> None:
        async for _ in await function(*arguments, caller.way):
            pass

    with _under_way(place, function) as caller:
        await caller.scope.around(to_the_last_part())
