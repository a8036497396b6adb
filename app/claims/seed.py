"""The four claims of the question that this project started from."""

from app.claims.claim import THE_QUESTION, Claim, Source, Verdict, agreed, asked
from app.claims.evidence import Call, Evidence, ms


def in_the_senders_thread(under_send: Evidence, under_asend: Evidence) -> Verdict:
    calls = [(under_send, under_send.call("sync")), (under_send, under_send.call("async"))]
    calls.append((under_asend, under_asend.call("sync")))
    first, second, third = (_where(run, call) for run, call in calls)
    because = (
        f"Under send(), the sync receiver ran {first}, the async one {second}; under asend(), the sync one {third}."
    )
    return agreed([call["same_thread_as_sender"] for _, call in calls], because)


def the_sender_waits(*runs: Evidence) -> Verdict:
    waited = [call["caller_waited"] for run in runs for call in run.calls()]
    each = "; ".join(map(_took, runs))
    return agreed(waited, f"{sum(waited)} of {len(waited)} receivers had ended when their sender went on: {each}.")


def async_is_a_parameter(as_keyword: Evidence, as_argument: Evidence) -> Verdict:
    became = [run.error or "accepted" for run in (as_keyword, as_argument)]
    because = f'@receiver(…, async=True): {became[0]}. @receiver(…, **{{"async": True}}): {became[1]}.'
    return agreed([run.error is None for run in (as_keyword, as_argument)], because)


def elsewhere_and_not_waited_for(under_send: Evidence, under_asend: Evidence) -> Verdict:
    calls = [(run, run.call("async")) for run in (under_send, under_asend)]
    first, second = (f"{_where(run, call)}, and the sender {_waited(run, call)}" for run, call in calls)
    because = f"Under send(), the async receiver ran {first}; under asend(), {second}."
    return agreed([not (call["same_thread_as_sender"] or call["caller_waited"]) for _, call in calls], because)


def _took(run: Evidence) -> str:
    """How long a send took, and its receivers."""
    calls = run.calls()
    send = run.dispatch(calls[0])
    each = " and ".join(ms(call.span) for call in calls)
    return f"{send['attributes']['method']}() took {ms(send)}, its receivers {each}"


def _where(run: Evidence, call: Call) -> str:
    whose = "its sender's thread" if call["same_thread_as_sender"] else "another thread than its sender"
    return f"in {whose} ({run.thread(call.span)})"


def _waited(run: Evidence, call: Call) -> str:
    return f"waited for its {ms(call.span)}" if call["caller_waited"] else "did not wait"


SEED = (
    Claim(
        slug="senders-thread",
        claim="Handlers run in the sender's thread by default.",
        said_at=(
            THE_QUESTION,
            Source(
                "an answer to the same exercise: instinxt/django-signals", "https://github.com/instinxt/django-signals"
            ),
        ),
        experiments=(asked("sync-view", "save", "both"), asked("async-view", "asend", "both")),
        decide=in_the_senders_thread,
        truth="True of sync receivers under send(); an async receiver never runs in the thread of a send(), and "
        "asend() takes sync receivers to the thread-sensitive thread.",
    ),
    Claim(
        slug="sender-waits",
        claim="The sender waits for every handler.",
        said_at=(
            THE_QUESTION,
            Source(
                "Stack Overflow: Is Django post_save signal asynchronous?",
                "https://stackoverflow.com/questions/11899088/is-django-post-save-signal-asynchronous",
            ),
        ),
        experiments=(
            asked("sync-view", "send", "both", delay_ms=50),
            asked("async-view", "asend", "both", delay_ms=50),
        ),
        decide=the_sender_waits,
        truth="None of the four ways to send returns before every receiver that it called has ended, sync or async.",
    ),
    Claim(
        slug="async-parameter",
        claim="@receiver(…, async=True) makes a handler asynchronous.",
        said_at=(
            THE_QUESTION,
            Source(
                "Django: the parameters that connect() has",
                "https://docs.djangoproject.com/en/5.2/topics/signals/#django.dispatch.Signal.connect",
            ),
        ),
        experiments=(asked("sync-view", "async_keyword"), asked("sync-view", "async_parameter")),
        decide=async_is_a_parameter,
        truth="async is a keyword of Python and no parameter of Django's; what there is, since Django 5.0, are async "
        "def receivers, asend() and asend_robust().",
    ),
    Claim(
        slug="separate-thread",
        claim="An async handler runs in a separate thread or process, and the sender does not wait.",
        said_at=(
            THE_QUESTION,
            Source(
                "django-signalqueue: signals “on some other thread or something”",
                "https://github.com/fish2000/django-signalqueue",
            ),
        ),
        experiments=(
            asked("sync-view", "send", "async", delay_ms=50),
            asked("async-view", "asend", "async", delay_ms=50),
        ),
        decide=elsewhere_and_not_waited_for,
        truth="An async def receiver runs as a task on an event loop of the same process, and whoever sends the signal "
        "waits until it has ended.",
    ),
)
