"""The model operations of the laboratory as steps, so that the picture shows on which thread the save itself ran.

`asave()` hands `save` to a thread inside Django, where no way can put a span around it; so the operations of the
laboratory's own models are wrapped once, at start.
"""

import functools
from collections.abc import Callable
from typing import Any

import signalbox
from app.models import AsyncBasket, BothBasket, MyModel, SyncBasket


def record_model_operations() -> None:
    """Have `save`, `delete` and the baskets' `add` recorded as steps."""
    for name in ("save", "delete"):
        setattr(MyModel, name, _as_step(f"MyModel.{name}", getattr(MyModel, name)))
    for basket in (SyncBasket, AsyncBasket, BothBasket):
        manager: Any = basket.things.related_manager_cls
        manager.add = _as_step("Basket.things.add", manager.add)


def _as_step(name: str, operation: Callable[..., Any]) -> Callable[..., Any]:
    @functools.wraps(operation)
    def recorded(self: Any, *args: Any, **kwargs: Any) -> Any:
        with signalbox.step(name):
            return operation(self, *args, **kwargs)

    return recorded
