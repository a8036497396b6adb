"""What all callers share: one experiment is run inside a caller's span, with its work order in the context."""

import contextlib
import inspect
from collections.abc import Callable, Iterator
from typing import Any

from app.experiments import Experiment
from app.live.laboratory import laboratory
from app.runs.collector import RunUnderWay
from app.runs.environment import Where
from app.work import ordered
from signalbox.names import readable_path

Caller = Callable[..., Any]


@contextlib.contextmanager
def _under_way(experiment: Experiment, caller: Caller, where: Where) -> Iterator[RunUnderWay]:
    """The time in which the caller runs. What it raises is a result of the experiment, not a failure of the program."""
    code = inspect.unwrap(caller).__code__
    source = f"{readable_path(code.co_filename)}:{code.co_firstlineno}"
    collector = laboratory().collector
    run = collector.start(experiment, where, f"{caller.__module__}.{caller.__qualname__}", source)
    token = ordered.set(experiment.work())
    raised: BaseException | None = None
    try:
        yield run
    except Exception as error:
        raised = error
    except BaseException as error:  # the client went away, or the server is going down
        raised = error
        raise
    finally:
        ordered.reset(token)
        collector.leave(run, raised)


def perform(experiment: Experiment, caller: Caller, *arguments: Any, where: Where = "server") -> RunUnderWay:
    """Run a sync caller with the experiment's way as its last argument. Raises Refused when there are too many."""
    with _under_way(experiment, caller, where) as run, run.scope:
        caller(*arguments, experiment.bound_way())
    return run


async def aperform(experiment: Experiment, caller: Caller, *arguments: Any) -> RunUnderWay:
    """Run an async caller with the experiment's way as its last argument. Raises Refused when there are too many."""
    with _under_way(experiment, caller, "server") as run:
        await run.scope.around(caller(*arguments, experiment.bound_way()))
    return run
