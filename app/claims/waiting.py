"""Who waits: claims about handlers in the background, and about the event loop meanwhile."""

from app.claims.claim import Claim, Source, Verdict, agreed, asked
from app.claims.evidence import Evidence, ms


def goes_on_without(run: Evidence) -> Verdict:
    calls = run.calls()
    where = " and ".join(sorted({run.thread(call.span) for call in calls}))
    whose = (
        "the caller's own thread" if all(call["same_thread_as_caller"] for call in calls) else "not the caller's thread"
    )
    waited = "the caller waited" if all(call["caller_waited"] for call in calls) else "the caller had gone on"
    because = f"The handler worked for {ms(calls[0].span)} in {where}, {whose}; {waited}."
    return agreed([not call["caller_waited"] for call in calls], because)


def holds_the_loop(by_asave: Evidence, by_send: Evidence) -> Verdict:
    calls = [(run, run.call("sync")) for run in (by_asave, by_send)]
    first, second = (
        f"in {run.thread(call.span)} for {ms(call.span)}, and the event loop was {_free(call['event_loop_free'])}"
        for run, call in calls
    )
    because = f"Saved with asave(), the handler worked {first}; called by send() in a coroutine, {second}."
    return agreed([not call["event_loop_free"] for _, call in calls], because)


def _free(free: bool) -> str:
    return "free" if free else "blocked"


WAITING = (
    Claim(
        slug="in-the-background",
        claim="Signals are asynchronous: a handler works in the background.",
        said_at=(
            Source(
                "Lincoln Loop on the misconception: Django Anti-Patterns, Signals",
                "https://lincolnloop.com/insights/django-anti-patterns-signals/",
            ),
            Source(
                "Stack Overflow: Is Django post_save signal asynchronous?",
                "https://stackoverflow.com/questions/11899088/is-django-post-save-signal-asynchronous",
            ),
        ),
        experiments=(asked("sync-view", "save", delay_ms=100),),
        decide=goes_on_without,
        truth="A signal is a list of functions that send() calls one after the other; nothing of it happens later or "
        "elsewhere, so a slow handler makes a slow response.",
    ),
    Claim(
        slug="async-handler-returns-at-once",
        claim="With an async def handler, save() does not wait for it.",
        said_at=(
            Source(
                "django/new-features #9: async receivers, so as not to block",
                "https://github.com/django/new-features/issues/9",
            ),
            Source(
                "django-q-signals, which says that they still block",
                "https://github.com/joshuadavidthomas/django-q-signals",
            ),
        ),
        experiments=(asked("sync-view", "save", "async", delay_ms=100),),
        decide=goes_on_without,
        truth="save() runs async receivers through async_to_sync() and waits: async def lets several of them wait at "
        "the same time, but not the caller go on.",
    ),
    Claim(
        slug="on-commit-in-the-background",
        claim="What is left to transaction.on_commit() does not keep the response waiting.",
        said_at=(
            Source(
                "PostHog #45933: a slow handler, deferred by on_commit()",
                "https://github.com/PostHog/posthog/pull/45933",
            ),
            Source(
                "Django: Performing actions after commit",
                "https://docs.djangoproject.com/en/5.2/topics/db/transactions/#performing-actions-after-commit",
            ),
        ),
        experiments=(asked("sync-view-on-commit", "save", delay_ms=100),),
        decide=goes_on_without,
        truth="on_commit() calls its functions in the same thread, as part of leaving the atomic() block: the response "
        "comes after them, unless they hand the work to something that runs elsewhere.",
    ),
    Claim(
        slug="blocks-the-event-loop",
        claim="Under ASGI, a slow sync handler blocks the event loop.",
        said_at=(
            Source(
                "Channels: Consumers, on slow sync functions",
                "https://channels.readthedocs.io/en/stable/topics/consumers.html#basic-layout",
            ),
            Source(
                "Django: Async safety",
                "https://docs.djangoproject.com/en/5.2/topics/async/#async-safety",
            ),
        ),
        experiments=(asked("async-view", "asave", delay_ms=100), asked("async-view", "send", delay_ms=100)),
        decide=holds_the_loop,
        truth="It blocks the thread that send() is called in: with asave() that is a worker thread, with a bare send() "
        "in a coroutine it is the event loop's.",
    ),
)
