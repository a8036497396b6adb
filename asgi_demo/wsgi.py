"""The WSGI application, for servers that speak no ASGI: the same pages and experiments, without websockets."""

import os
from typing import Any

from django.contrib.staticfiles.handlers import StaticFilesHandler
from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "asgi_demo.settings")


def _application() -> Any:
    wsgi_application = get_wsgi_application()  # sets Django up, which the import below needs

    from app.live.entry import LaboratoryWSGIApplication

    return LaboratoryWSGIApplication(StaticFilesHandler(wsgi_application))


application = _application()
