"""Who may come in: pages of the same origin, and with DEBUG off only signed-in staff."""

import json
from typing import Any
from urllib.parse import urlsplit

from asgiref.sync import iscoroutinefunction, markcoroutinefunction
from channels.security.websocket import WebsocketDenier
from django.conf import settings
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse
from django.http.request import split_domain_port, validate_host


class SameOriginWebsocket:
    """ASGI middleware: a websocket is let in when its Host is allowed and its Origin is that host.

    A browser sends cookies along with a websocket that any page opens, and no CSRF token: the Origin is what tells our
    page from another. Channels' AllowedHostsOriginValidator would let in a page from another port of this machine.
    """

    def __init__(self, application: Any) -> None:
        self.application = application

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        headers = {name.lower(): value.decode("latin1") for name, value in scope["headers"]}
        host, origin = headers.get(b"host", ""), headers.get(b"origin", "")
        allowed = validate_host(split_domain_port(host)[0], settings.ALLOWED_HOSTS)
        if not allowed or not (_is_origin_of(origin, host) or origin in settings.CSRF_TRUSTED_ORIGINS):
            await WebsocketDenier()(scope, receive, send)
            return
        await self.application(scope, receive, send)


def _is_origin_of(origin: str, host: str) -> bool:
    try:
        parts = urlsplit(origin)
    except ValueError:
        return False
    return parts.scheme in {"http", "https"} and parts.netloc.lower() == host.lower() and bool(host)


class StaffOnlyMiddleware:
    """With DEBUG off, everything but the sign-in page asks for a signed-in member of staff."""

    sync_capable = True
    async_capable = True

    def __init__(self, get_response: Any) -> None:
        self.get_response = get_response
        if iscoroutinefunction(get_response):
            markcoroutinefunction(self)

    def __call__(self, request: HttpRequest) -> Any:
        if iscoroutinefunction(self):
            return self.__acall__(request)
        if _is_open(request) or _is_staff(request.user):
            return self.get_response(request)
        return _ask_to_sign_in(request)

    async def __acall__(self, request: HttpRequest) -> HttpResponse:
        if _is_open(request) or _is_staff(await request.auser()):
            response: HttpResponse = await self.get_response(request)
            return response
        return _ask_to_sign_in(request)


class StaffOnlyWebsocket:
    """ASGI middleware: the same for websockets, inside channels' AuthMiddlewareStack."""

    def __init__(self, application: Any) -> None:
        self.application = application

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        if settings.DEBUG or _is_staff(scope["user"]):
            await self.application(scope, receive, send)
        else:
            await WebsocketDenier()(scope, receive, send)


def _is_open(request: HttpRequest) -> bool:
    return settings.DEBUG or request.path.startswith("/admin/")


def _is_staff(user: Any) -> bool:
    return bool(user.is_active and user.is_staff)


def _ask_to_sign_in(request: HttpRequest) -> HttpResponse:
    if wants_html(request):
        return redirect_to_login(request.get_full_path())
    sentence = "Expected a signed-in member of staff; got nobody who is. Sign in at /admin/."
    return HttpResponse(json.dumps({"error": sentence}), status=403, content_type="application/json")


def wants_html(request: HttpRequest) -> bool:
    """Whether the answer is for a person: API paths, documents and other methods than GET get JSON."""
    is_data = request.path.startswith(("/api/", "/experiments/")) or request.path.endswith(".json")
    return request.method == "GET" and not is_data
