"""Which thread: claims about sync_to_async(), consumers, idents and thread-locals."""

from collections import defaultdict
from itertools import pairwise

from app.claims.claim import THE_QUESTION, Claim, Source, Verdict, agreed, asked
from app.claims.evidence import Evidence, Span, Untold, ms, overlap, threads_of
from signalbox.findings.finding import counted


def each_in_a_thread_of_its_own(run: Evidence) -> Verdict:
    calls, because = run.calls(), _spread(run)
    if len(calls) == 1:
        raise Untold(f"One call says nothing about several: {because}.")
    threads = len(threads_of(calls))
    return Verdict("holds" if threads == len(calls) else "false" if threads == 1 else "depends", f"{because}.")


def at_the_same_time(run: Evidence) -> Verdict:
    calls = run.calls("sync")
    if len(calls) == 1:
        raise Untold("The run called one receiver, which overlaps with nothing.")
    together = [overlap(one, other) for one, other in pairwise(calls)]
    took = (max(call.span["end_ns"] for call in calls) - calls[0].span["start_ns"]) / 1e6
    each = ", ".join(ms(call.span) for call in calls)
    how = "one after the other" if not any(together) else "all at once" if all(together) else "some of them at once"
    return agreed(together, f"{counted(len(calls), 'handler')} of {each} took {took:.0f} ms together: {how}.")


def sends_on_the_loop(run: Evidence) -> Verdict:
    send = run.dispatch(run.call())
    where = "the event loop's" if run.runs_a_loop(send) else "a worker's"
    because = f"Django sent the signal with {send['attributes']['method']}() in the thread {run.thread(send)}, {where}."
    return agreed([send["attributes"]["method"] == "asend", run.runs_a_loop(send)], because)


def a_thread_per_consumer(consumers: Evidence, requests: Evidence) -> Verdict:
    verdict = each_in_a_thread_of_its_own(consumers)
    return Verdict(verdict.answer, f"Of consumers, {_spread(consumers)}; of requests, {_spread(requests)}.")


def new_and_closed(run: Evidence) -> Verdict:
    hops = [hop for hop in run.of_kind("hop") if hop["attributes"].get("direction") == "sync_to_async"]
    if not hops:
        raise Untold("The run has no call through sync_to_async().")
    executor = hops[0]["attributes"]["executor"]
    pooled = executor == "loop-default-pool"
    where = "a thread of the event loop's pool" if pooled else f"which asgiref chose as {executor}"
    return agreed(
        [not pooled], f"The call ran in {run.thread(run.call().span)}, {where}; {_connection_in(run, hops[0])}."
    )


def an_ident_is_a_thread(run: Evidence) -> Verdict:
    threads: dict[int, set[int]] = defaultdict(set)
    for call in run.calls():
        threads[run.ident(call.span)].add(call.span["thread"])
    most = max(threads, key=lambda ident: len(threads[ident]))
    because = f"{counted(sum(map(len, threads.values())), 'thread')} had {counted(len(threads), 'ident')}"
    if len(threads[most]) == 1:
        raise Untold(f"{because}: this time, none came twice.")
    return Verdict("false", f"{because}: {most} was that of {len(threads[most])}.")


def thread_locals_arrive(from_sync_view: Evidence, by_asave: Evidence) -> Verdict:
    calls = [(run, run.call()) for run in (from_sync_view, by_asave)]
    first, second = (
        f"{'could' if call['threadlocal_visible'] else 'could not'} be read in {run.thread(call.span)}"
        for run, call in calls
    )
    because = f"What a sync view had set {first}; what an async view had set before asave() {second}."
    return agreed([call["threadlocal_visible"] for _, call in calls], because)


def _spread(run: Evidence) -> str:
    calls = run.calls()
    names = sorted({run.thread(call.span) for call in calls})
    which = f" ({names[0]})" if len(names) == 1 else ""
    return f"{counted(len(calls), 'call')} ran in {counted(len(threads_of(calls)), 'thread')}{which}"


def _connection_in(run: Evidence, hop: Span) -> str:
    """What is known of the connection in the thread that a hop led to: a thread that has one open was there before."""
    if hop["attributes"].get("left_open"):
        return "the database connection that it opened there stayed open"
    there = [span for span in run.spans if span["thread"] == hop["attributes"]["to_thread"]]
    found = there and min(there, key=lambda span: int(span["start_ns"]))["connection"]
    return "it found a database connection open there" if found else "it left no database connection open"


THREADS = (
    Claim(
        slug="thread-per-call",
        claim="sync_to_async() starts a thread for each call.",
        said_at=(
            Source("Django #13651, on a thread for every sync handler", "https://github.com/django/django/pull/13651"),
            Source(
                "asgiref #368: thread-sensitive calls in different threads",
                "https://github.com/django/asgiref/issues/368",
            ),
        ),
        experiments=(asked("async-view-gather", "sync_to_async", delay_ms=20),),
        decide=each_in_a_thread_of_its_own,
        truth="By default it is thread-sensitive: all such calls of an ASGI request share one thread, those outside of "
        "requests share one for the whole process.",
    ),
    Claim(
        slug="gather-saves-in-parallel",
        claim="gather(a.asave(), b.asave(), c.asave()) saves all three at the same time.",
        said_at=(
            Source(
                "a snippet that promises it: Concurrent Database Operations",
                "https://capypad.com/en/learn/s-en-8c394f59-63da-4111-a30c-a21e4f7e6ade",
            ),
            Source(
                "Django forum: Are concurrent database queries in ASGI a thing?",
                "https://forum.djangoproject.com/t/are-concurrent-database-queries-in-asgi-a-thing/24136",
            ),
        ),
        experiments=(asked("async-view-gather", "asave", delay_ms=50),),
        decide=at_the_same_time,
        truth="Each asave() waits for the one thread that the request has for all of them, so they save, and run their "
        "handlers, one after the other.",
    ),
    Claim(
        slug="asave-is-native",
        claim="asave() is async all the way: no thread, and the signal is sent with asend().",
        said_at=(
            Source(
                "an article that dates it to Django 6.0",
                "https://saurabh-kumar.com/articles/2026/06/django-orm-from-sync_to_async-threads-to-native-psycopg3/",
            ),
            Source(
                "Django: Asynchronous queries",
                "https://docs.djangoproject.com/en/5.2/topics/db/queries/#asynchronous-queries",
            ),
        ),
        experiments=(asked("async-view", "asave", "both"),),
        decide=sends_on_the_loop,
        truth="asave() is sync_to_async(save)(): save() runs in a worker thread and sends with send(), whatever the "
        "receivers are.",
    ),
    Claim(
        slug="thread-per-consumer",
        claim="Each sync consumer works in a thread of its own.",
        said_at=(
            Source(
                "Channels: Consumers, “in a threadpool”",
                "https://channels.readthedocs.io/en/stable/topics/consumers.html#basic-layout",
            ),
            Source(
                "Channels #2132: a consumer that blocks all others", "https://github.com/django/channels/issues/2132"
            ),
        ),
        experiments=(
            asked("sync-consumer", "save", delay_ms=20, concurrency=4),
            asked("sync-view", "save", delay_ms=20, concurrency=4),
        ),
        decide=a_thread_per_consumer,
        truth="All consumers of a process share one thread for their sync code, as Channels opens no thread-sensitive "
        "context; HTTP requests under ASGI have one each.",
    ),
    Claim(
        slug="new-thread-then-closed",
        claim="With thread_sensitive=False, a call gets a brand-new thread, which is closed after it.",
        said_at=(
            Source(
                "Django: sync_to_async()",
                "https://docs.djangoproject.com/en/6.0/topics/async/#asgiref.sync.sync_to_async",
            ),
            Source("PostHog #38217, which measured what it costs", "https://github.com/PostHog/posthog/pull/38217"),
        ),
        experiments=(asked("async-view", "sync_to_async_insensitive"),),
        decide=new_and_closed,
        truth="It goes to any thread of the event loop's pool; the thread stays for the next call, and so does the "
        "database connection that was opened in it.",
    ),
    Claim(
        slug="equal-idents",
        claim="Two equal threading.get_ident() mean the same thread.",
        said_at=(
            THE_QUESTION,
            Source(
                "a blog: How not to do thread local storage with Python",
                "https://blogs.gnome.org/jamesh/2008/06/11/tls-python/",
            ),
        ),
        experiments=(asked("sync-view", "send_from_threads"),),
        decide=an_ident_is_a_thread,
        truth="An ident is free again when its thread has ended, and the next thread often gets it: equal idents prove "
        "something only of threads that are there at the same time.",
    ),
    Claim(
        slug="thread-locals-arrive",
        claim="A thread-local that middleware has set, such as the current user, is there in a handler.",
        said_at=(
            Source("django-crum keeps request and user that way", "https://django-crum.readthedocs.io/en/latest/"),
            Source(
                "django-simple-history #747, which gave it up",
                "https://github.com/django-commons/django-simple-history/issues/747",
            ),
        ),
        experiments=(asked("sync-view", "save"), asked("async-view", "asave")),
        decide=thread_locals_arrive,
        truth="Only as long as it is the same thread; what should be there after a crossing belongs into a context "
        "variable or asgiref's Local.",
    ),
)
