"""Signalbox records where Django's signal handlers really run.

``install()`` hooks ``django.dispatch.Signal`` and asgiref's crossings, and ``uninstall()`` puts both back as they were.
While installed, every dispatch that reaches a receiver, every receiver, and every hop between threads around them
becomes a span in a bounded buffer: which thread and task, which connection and transaction, inside what, from when to
when. Adding ``"signalbox"`` to ``INSTALLED_APPS`` installs it.

    with signalbox.caller("my code"):
        instance.save()
    for span in map(signalbox.span_document, signalbox.buffer().drain()):
        print(span.name, span.thread)
"""

from signalbox.buffer import Statistics
from signalbox.documents import span_document
from signalbox.install import install, installed, uninstall
from signalbox.scopes import Scope, caller, muted, step
from signalbox.spans import Span, buffer
from signalbox.switch import pause, paused, resume

__all__ = [
    "Scope",
    "Span",
    "Statistics",
    "buffer",
    "caller",
    "install",
    "installed",
    "muted",
    "pause",
    "paused",
    "resume",
    "span_document",
    "step",
    "uninstall",
]
__version__ = "0.1.0"
