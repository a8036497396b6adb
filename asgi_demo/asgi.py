"""The ASGI application: HTTP to Django, websockets to the consumers, both checked for host and origin."""

import os

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "asgi_demo.settings")

from channels.auth import AuthMiddlewareStack
from channels.routing import ProtocolTypeRouter, URLRouter
from django.contrib.staticfiles.handlers import ASGIStaticFilesHandler
from django.core.asgi import get_asgi_application

http_application = get_asgi_application()  # sets Django up: the imports below need it

from app.access import SameOriginWebsocket
from app.live.entry import LaboratoryApplication
from app.urls import websocket_urlpatterns

application = LaboratoryApplication(
    ProtocolTypeRouter(
        {
            "http": ASGIStaticFilesHandler(http_application),
            "websocket": SameOriginWebsocket(AuthMiddlewareStack(URLRouter(websocket_urlpatterns))),
        }
    )
)
