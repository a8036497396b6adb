"""The demonstration that the project started from: does a signal handler run in its caller's thread?"""

import threading
from typing import Any

from django.core.management.base import BaseCommand

import signalbox
from app.management.preparing import migrate_if_needed
from app.models import MyModel


class Command(BaseCommand):
    help = "Save a MyModel whose post_save handler sleeps for two seconds, and print both thread IDs."

    def handle(self, *args: Any, **options: Any) -> None:
        migrate_if_needed()
        scope = signalbox.caller("same_thread")
        with scope:
            MyModel.objects.create(name="Test")
        self.stdout.write("Object created")
        caller_ident = threading.get_ident()
        self.stdout.write(f"Current thread ID: {caller_ident}")
        for span in signalbox.buffer().drain():
            if scope.owns(span) and span.kind == "receiver" and span.end_ns is not None:
                self._tell(span.thread.ident, caller_ident, (span.end_ns - span.start_ns) / 1e9)

    def _tell(self, handler_ident: int, caller_ident: int, seconds: float) -> None:
        same = "the same thread" if handler_ident == caller_ident else "another thread"
        self.stdout.write(f"Handler's thread ID: {handler_ident}, {same}")
        self.stdout.write(
            f"The caller waited {seconds:.1f} s for the handler: it had finished before the object counted as created."
        )
