"""The ASGI application: HTTP to Django, websockets to the consumers, both checked for host and origin."""

import os
from typing import Any

from channels.routing import ProtocolTypeRouter, URLRouter
from django.contrib.staticfiles.handlers import ASGIStaticFilesHandler
from django.core.asgi import get_asgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "asgi_demo.settings")


def _application() -> Any:
    http_application = get_asgi_application()  # sets Django up, which the imports below need

    from channels.auth import AuthMiddlewareStack

    from app.access import SameOriginWebsocket, StaffOnlyWebsocket
    from app.live.entry import LaboratoryApplication
    from app.routing import websocket_urlpatterns
    from signalbox.asgi import ConsumerSpans

    websockets = StaffOnlyWebsocket(URLRouter(websocket_urlpatterns))
    return LaboratoryApplication(
        ProtocolTypeRouter(
            {
                "http": ASGIStaticFilesHandler(http_application),
                "websocket": ConsumerSpans(SameOriginWebsocket(AuthMiddlewareStack(websockets))),
            }
        )
    )


application = _application()
