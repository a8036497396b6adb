"""What the experiments save, and the runs that they leave behind.

A signal's receivers are chosen by its sender. So each kind of receivers has senders of its own: `MyModel` has the sync
receiver, its proxy `MyModelAsync` the async one, its proxy `MyModelBoth` both, and so it is with the baskets, whose
many-to-many tables are the senders of `m2m_changed`. Experiments of all kinds can run side by side.
"""

import uuid
from typing import Any

from django.db import models
from django.urls import reverse


class MyModel(models.Model):
    """The model that the question started from."""

    name = models.CharField(max_length=100)

    def __str__(self) -> str:
        return self.name


class MyModelAsync(MyModel):
    """The same rows; as a sender it has the async receiver."""

    class Meta:
        proxy = True


class MyModelBoth(MyModel):
    """The same rows; as a sender it has both receivers."""

    class Meta:
        proxy = True


class Basket(models.Model):
    """Holds things; adding one sends `m2m_changed` with the table between as the sender."""

    name = models.CharField(max_length=100)
    things = models.ManyToManyField(MyModel, related_name="+")

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return self.name


class SyncBasket(Basket):
    """A basket whose table has the sync receiver."""


class AsyncBasket(Basket):
    """A basket whose table has the async receiver."""


class BothBasket(Basket):
    """A basket whose table has both receivers."""


class Map(models.Model):
    """The cells of one map, as the document that docs/protocol.md describes. Its runs go when it goes."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    started_at = models.DateTimeField(auto_now_add=True, db_index=True)
    #: Null while it is measured, and where that was broken off without a chance to clean up.
    document: Any = models.JSONField(null=True)
    #: Whether it has every cell of the grid.
    is_whole = models.BooleanField(default=False)

    class Meta:
        ordering = ("-started_at",)

    def __str__(self) -> str:
        return f"Map of {self.started_at:%Y-%m-%d %H:%M}"


class Run(models.Model):
    """One execution of an experiment, as the document that docs/protocol.md describes."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    started_at = models.DateTimeField(db_index=True)
    caller = models.CharField(max_length=40)
    way = models.CharField(max_length=40)
    receivers = models.CharField(max_length=10)
    error = models.TextField(blank=True)
    document = models.JSONField()
    #: Null where a person asked for it.
    map = models.ForeignKey(Map, on_delete=models.CASCADE, related_name="runs", null=True, editable=False)

    class Meta:
        ordering = ("-started_at",)

    def __str__(self) -> str:
        return f"{self.caller} · {self.way} · {self.receivers}"

    def get_absolute_url(self) -> str:
        return reverse("run", args=[self.id])
