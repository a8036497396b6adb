"""Django's Tasks framework, new in 6.0. What stands here for Django 5.2 goes when support for that does."""

from collections.abc import Callable
from typing import Any

from django.dispatch import Signal

#: The decorator that makes a function a task.
task: Callable[[Callable[..., Any]], Any]
#: What the framework sends for each task.
TASK_SIGNALS: tuple[Signal, ...] = ()
#: Why there can be no task here, in one sentence; None where there can.
NO_TASKS: str | None = None


class _NoTask:
    """Looks like a task, and fails when it is used, as an import of the framework does."""

    def __init__(self, function: Callable[..., Any]) -> None:
        self.func = function

    def enqueue(self, *args: Any, **kwargs: Any) -> None:
        raise ModuleNotFoundError("No module named 'django.tasks'")


try:
    from django import tasks
    from django.tasks import signals
except ImportError:
    task = _NoTask
    NO_TASKS = "Django has its Tasks framework since 6.0: ModuleNotFoundError."
else:
    task = tasks.task
    TASK_SIGNALS = (signals.task_enqueued, signals.task_started, signals.task_finished)
