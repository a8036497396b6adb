"""Chromium as a person would use it, watched for what a person would not see."""

from urllib.parse import urlsplit

from playwright.sync_api import BrowserContext, ConsoleMessage, Page

LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})


def watch(context: BrowserContext, problems: list[str]) -> None:
    """Note every error in the pages of this context, and every request that would leave the machine."""

    def opened(page: Page) -> None:
        page.on("pageerror", lambda error: problems.append(f"uncaught: {error}"))
        page.on("websocket", lambda socket: requested(socket.url))

    def requested(address: str) -> None:
        host = urlsplit(address).hostname
        if host and host not in LOOPBACK:  # data: and blob: have no host
            problems.append(f"left the machine: {address}")

    def said(message: ConsoleMessage) -> None:
        if message.type == "error":
            problems.append(f"console: {message.text} ({message.location['url']})")

    context.on("page", opened)
    context.on("request", lambda request: requested(request.url))
    context.on("console", said)
