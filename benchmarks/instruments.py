"""What is compared: nothing, Signalbox, and the tools nearest to it, each set up as its documentation says."""

import contextlib
from types import TracebackType
from typing import Any, ClassVar


class Bare(contextlib.AbstractContextManager["Bare"]):
    """No instrument."""

    #: what it adds to the settings of a project
    middleware: ClassVar[list[str]] = []

    def set_up(self) -> None:
        """Once, in the process that it watches."""

    def wrap(self, receiver: Any) -> Any:
        """The receiver as it is connected."""
        return receiver

    def drain(self) -> None:
        """What a consumer of the records does meanwhile, every few milliseconds."""

    def settle(self) -> None:
        """Between rounds, outside of what is timed."""
        self.drain()

    def __enter__(self) -> "Bare":
        self.set_up()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, tb: TracebackType | None) -> None:
        pass


class Idle(Bare):
    """Signalbox, installed and not recording."""

    middleware: ClassVar[list[str]] = ["signalbox.middleware.request_spans"]

    def set_up(self) -> None:
        import signalbox

        signalbox.install()
        signalbox.pause()


class Recording(Bare):
    """Signalbox, recording everything; a consumer drains the buffer."""

    middleware: ClassVar[list[str]] = ["signalbox.middleware.request_spans"]

    def set_up(self) -> None:
        import signalbox

        signalbox.install()
        self._buffer = signalbox.buffer()

    def __enter__(self) -> "Recording":
        import signalbox

        self.set_up()
        self._caller = signalbox.caller("benchmark")
        self._caller.__enter__()
        return self

    def drain(self) -> None:
        self._buffer.drain()


class Sentry(Bare):
    """Sentry's SDK with signal spans, inside a sampled transaction; nothing is sent."""

    def set_up(self) -> None:
        import sentry_sdk
        from sentry_sdk.integrations.django import DjangoIntegration
        from sentry_sdk.transport import Transport

        class Nowhere(Transport):
            def capture_envelope(self, envelope: Any) -> None:
                pass

        sentry_sdk.init(
            dsn="http://key@127.0.0.1:9/1",
            transport=Nowhere,
            traces_sample_rate=1.0,
            default_integrations=False,
            integrations=[DjangoIntegration(signals_spans=True)],
        )
        self._start = lambda: sentry_sdk.start_transaction(name="benchmark")

    def __enter__(self) -> "Sentry":
        self.set_up()
        self._transaction = self._start().__enter__()
        return self

    def settle(self) -> None:
        self._transaction.__exit__(None, None, None)
        self._transaction = self._start().__enter__()


class OpenTelemetry(Bare):
    """An OpenTelemetry span in each receiver, which Django gives no hook for; exported in batches to nowhere."""

    def set_up(self) -> None:
        from opentelemetry.sdk.trace import TracerProvider
        from opentelemetry.sdk.trace.export import BatchSpanProcessor, SpanExporter, SpanExportResult

        class Nowhere(SpanExporter):
            def export(self, spans: Any) -> SpanExportResult:
                return SpanExportResult.SUCCESS

        provider = TracerProvider()
        provider.add_span_processor(BatchSpanProcessor(Nowhere()))
        self._tracer = provider.get_tracer("benchmark")

    def wrap(self, receiver: Any) -> Any:
        return self._tracer.start_as_current_span("receiver")(receiver)


class VizTracer(Bare):
    """VizTracer, which records every call."""

    def set_up(self) -> None:
        from viztracer import VizTracer as Tracer

        self._tracer = Tracer(verbose=0, tracer_entries=2_000_000)
        self._tracer.start()

    def settle(self) -> None:
        self._tracer.stop()
        self._tracer.clear()
        self._tracer.start()

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, tb: TracebackType | None) -> None:
        self._tracer.stop()


INSTRUMENTS: dict[str, type[Bare]] = {
    "bare": Bare,
    "Signalbox, not recording": Idle,
    "Signalbox, recording": Recording,
    "Sentry SDK, signal spans": Sentry,
    "OpenTelemetry, a span per receiver": OpenTelemetry,
    "VizTracer, all calls": VizTracer,
}
