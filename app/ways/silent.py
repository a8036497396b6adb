"""Two ways to write rows that send no signal at all."""

from app.senders import Senders


def bulk_create(models: Senders) -> None:
    models.MyModel.objects.bulk_create([models.MyModel(name="Test")])


def queryset_update(models: Senders) -> None:
    models.MyModel.objects.filter(name="Test").update(name="Test")
