"""What is compared: nothing, Signalbox, and the tools nearest to it, each set up as its documentation says."""

import contextlib
from types import TracebackType
from typing import Any


class Bare(contextlib.AbstractContextManager["Bare"]):
    """No instrument."""

    def wrap(self, receiver: Any) -> Any:
        """The receiver as it is connected."""
        return receiver

    def settle(self) -> None:
        """Between rounds, outside of what is timed: what a consumer of the records does meanwhile."""

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, tb: TracebackType | None) -> None:
        pass


class Recording(Bare):
    """Signalbox, recording everything; a consumer drains the buffer."""

    def __enter__(self) -> "Recording":
        import signalbox

        signalbox.install()
        self._caller = signalbox.caller("benchmark")
        self._caller.__enter__()
        self._buffer = signalbox.buffer()
        return self

    def settle(self) -> None:
        self._buffer.drain()


class Muted(Bare):
    """Signalbox, installed, with nothing to record."""

    def __enter__(self) -> "Muted":
        import signalbox

        signalbox.install()
        self._muted = signalbox.muted()
        self._muted.__enter__()
        return self


class Sentry(Bare):
    """Sentry's SDK with signal spans, inside a sampled transaction; nothing is sent."""

    def __enter__(self) -> "Sentry":
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
        self._transaction = self._start().__enter__()
        return self

    def settle(self) -> None:
        self._transaction.__exit__(None, None, None)
        self._transaction = self._start().__enter__()


class OpenTelemetry(Bare):
    """An OpenTelemetry span in each receiver, which Django gives no hook for; exported in batches to nowhere."""

    def __init__(self) -> None:
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

    def __enter__(self) -> "VizTracer":
        from viztracer import VizTracer as Tracer

        self._tracer = Tracer(verbose=0, tracer_entries=2_000_000)
        self._tracer.start()
        return self

    def settle(self) -> None:
        self._tracer.stop()
        self._tracer.clear()
        self._tracer.start()

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, tb: TracebackType | None) -> None:
        self._tracer.stop()


INSTRUMENTS: dict[str, type[Bare]] = {
    "bare": Bare,
    "Signalbox, muted": Muted,
    "Signalbox, recording": Recording,
    "Sentry SDK, signal spans": Sentry,
    "OpenTelemetry, a span per receiver": OpenTelemetry,
    "VizTracer, all calls": VizTracer,
}
