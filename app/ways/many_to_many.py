"""Adding to a many-to-many relation: `m2m_changed` is sent before and after, in a transaction of Django's own."""

from app.senders import Senders


def m2m_add(models: Senders) -> None:
    (thing,) = models.MyModel.objects.bulk_create([models.MyModel(name="Test")])  # sends no signal
    (basket,) = models.Basket.objects.bulk_create([models.Basket(name="Test")])
    basket.things.add(thing)


async def m2m_aadd(models: Senders) -> None:
    (thing,) = await models.MyModel.objects.abulk_create([models.MyModel(name="Test")])  # sends no signal
    (basket,) = await models.Basket.objects.abulk_create([models.Basket(name="Test")])
    await basket.things.aadd(thing)
