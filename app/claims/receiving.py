"""Receivers among each other: claims about errors, order and context variables."""

from app.claims.claim import Claim, Source, Verdict, agreed, asked
from app.claims.evidence import Evidence, Untold, ms, overlap


def raises_nothing(run: Evidence) -> Verdict:
    sends = run.of_kind("dispatch")
    if not sends:
        raise Untold("The run sent no signal.")
    refused = sum(len(send["attributes"].get("refused", ())) for send in sends)
    expected = sum(sum(send["attributes"]["receivers"].values()) for send in sends)
    called = len(run.of_kind("receiver"))
    because = f"{called} of {expected} receivers were called, and the caller got {run.error or 'no exception.'}"
    return agreed([run.error is None and not refused], because)


def sync_ones_first(run: Evidence) -> Verdict:
    sync, asynchronous = run.call("sync"), run.call("async")
    if overlap(sync, asynchronous):
        return Verdict(
            "false", f"Both were at work at the same time: {ms(sync.span)} and {ms(asynchronous.span)} long."
        )
    first = sync.span["start_ns"] < asynchronous.span["start_ns"]
    order = ("sync", "async") if first else ("async", "sync")
    return agreed([first], f"The {order[0]} receiver had ended when the {order[1]} one began.")


def is_lost(run: Evidence) -> Verdict:
    kept = run.document["contextvars_kept"]
    if "async" not in kept:
        raise Untold("The run called no async receiver.")
    became = "was there" if kept["async"] else "was not there"
    return agreed([not kept["async"]], f"What the async receiver had set {became} when asend() had returned.")


RECEIVING = (
    Claim(
        slug="robust-never-raises",
        claim="send_robust() never raises, and calls every receiver.",
        said_at=(
            Source("Django: Sending signals", "https://docs.djangoproject.com/en/5.2/topics/signals/#sending-signals"),
            Source("asgiref #149: async_to_sync() in an async context", "https://github.com/django/asgiref/issues/149"),
        ),
        experiments=(asked("async-view", "send_robust", "both"),),
        decide=raises_nothing,
        truth="It turns what receivers raise into responses, but on an event loop the call of the async ones is "
        "refused as a whole: that RuntimeError reaches the caller, and they are not called.",
    ),
    Claim(
        slug="sync-receivers-first",
        claim="asend() is done with the sync receivers before it begins the async ones.",
        said_at=(
            Source(
                "Django: Sending signals, “grouped by whether or not they are async”",
                "https://docs.djangoproject.com/en/5.2/topics/signals/#sending-signals",
            ),
        ),
        experiments=(asked("async-view", "asend", "both", delay_ms=50),),
        decide=sync_ones_first,
        truth="Sync receivers come first in the responses, always; whether they also run first depends on the version.",
        versions="Django 5.2 and 6.0 run both groups at the same time, 6.1 runs one after the other.",
    ),
    Claim(
        slug="contextvar-is-lost",
        claim="A context variable that an async receiver sets is lost to whoever awaited asend().",
        said_at=(
            Source("Django #36714: async signals lose ContextVar state", "https://code.djangoproject.com/ticket/36714"),
        ),
        experiments=(asked("async-view", "asend", "async"),),
        decide=is_lost,
        truth="Where every receiver is a task with a copy of the context, what it sets stays in the copy; where they "
        "share one context, it reaches the caller, wanted or not.",
        versions="Lost on Django 5.2 and 6.0, kept from 6.1 on.",
    ),
)
