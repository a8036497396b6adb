from django.apps import AppConfig


class LaboratoryConfig(AppConfig):
    """The laboratory: connects the receivers, and has the model operations recorded as steps."""

    name = "app"
    verbose_name = "Laboratory"

    def ready(self) -> None:
        from app import receivers, steps  # noqa: F401  (importing the receivers connects them)

        steps.record_model_operations()
