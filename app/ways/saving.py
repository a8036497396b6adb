"""Saving, creating and deleting, from sync code and by the async twins of the same methods."""

from app.senders import Senders


def save(models: Senders) -> None:
    thing = models.MyModel(name="Test")
    thing.save()


def create(models: Senders) -> None:
    models.MyModel.objects.create(name="Test")


def delete(models: Senders) -> None:
    (thing,) = models.MyModel.objects.bulk_create([models.MyModel(name="Test")])  # sends no signal
    thing.delete()


async def asave(models: Senders) -> None:
    thing = models.MyModel(name="Test")
    await thing.asave()


async def acreate(models: Senders) -> None:
    await models.MyModel.objects.acreate(name="Test")


async def adelete(models: Senders) -> None:
    (thing,) = await models.MyModel.objects.abulk_create([models.MyModel(name="Test")])  # sends no signal
    await thing.adelete()
