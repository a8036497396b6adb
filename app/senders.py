"""Which senders have which kind of receivers: see app/models.py."""

from typing import Any, Literal, NamedTuple

from app import models

Receivers = Literal["sync", "async", "both"]


class Senders(NamedTuple):
    """The classes that a way works with. They are named as in any project, whichever receivers they have."""

    MyModel: type[models.MyModel]
    Basket: type[Any]  #: one of the three baskets, which share no manager type


SENDERS: dict[Receivers, Senders] = {
    "sync": Senders(models.MyModel, models.SyncBasket),
    "async": Senders(models.MyModelAsync, models.AsyncBasket),
    "both": Senders(models.MyModelBoth, models.BothBasket),
}
