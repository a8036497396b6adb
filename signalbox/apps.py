from django.apps import AppConfig

from signalbox.install import install


class SignalboxConfig(AppConfig):
    """Installs the probe when Django starts: listing the app is all that a project has to do."""

    name = "signalbox"
    verbose_name = "Signalbox"

    def ready(self) -> None:
        install()
