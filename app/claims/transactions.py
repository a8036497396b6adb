"""The database: claims about commits, rollbacks, connections, and what sends no signal."""

from app.claims.claim import Claim, Source, Verdict, agreed, asked
from app.claims.evidence import Evidence, Span, Untold, is_in_transaction, transaction_of
from signalbox.findings.finding import counted


def takes_the_row_along(*runs: Evidence) -> Verdict:
    gone = [_is_gone(run) for run in runs]
    plain, inside = (f"{transaction_of(run.dispatch(run.call()))}, and {_row(run)}" for run in runs)
    return agreed(gone, f"With a plain save(), the handler raised {plain}; with a save() in a transaction, {inside}.")


def before_the_commit(*runs: Evidence) -> Verdict:
    sends = [run.dispatch(run.call()) for run in runs]
    plain, inside = map(transaction_of, sends)
    because = f"A plain save() sent it {plain}, so its row was there for all; a save() in a transaction, {inside}."
    return agreed(map(is_in_transaction, sends), because)


def bulk_operations_send(created: Evidence, updated: Evidence) -> Verdict:
    counts = [len(run.without_error().of_kind("dispatch")) for run in (created, updated)]
    first, second = (counted(count, "signal") if count else "no signal" for count in counts)
    return agreed([count > 0 for count in counts], f"bulk_create() sent {first}, update() {second}.")


def on_the_senders_connection(run: Evidence) -> Verdict:
    call = run.call("async")
    send = run.dispatch(call)
    because = (
        f"Sent on {_connection(send)}; the receiver ran in {run.thread(call.span)}, with {_connection(call.span)}."
    )
    return agreed([call["same_connection"], call["same_transaction"]], because)


def atomic_is_accepted(run: Evidence) -> Verdict:
    because = f"The view got {run.error}" if run.error else "The view saved inside of atomic(), and got no exception."
    return agreed([run.error is None], because)


def _connection(span: Span) -> str:
    connection = span["connection"]
    return "no connection open" if connection is None else f"connection {connection['serial']}, {transaction_of(span)}"


def _is_gone(run: Evidence) -> bool:
    """Whether the row that was saved could not be found again. Raises Untold where nobody has tried."""
    if run.call().span["outcome"] != "error":
        raise Untold("The handler raised nothing.")
    if run.error is not None and not run.error.startswith("DoesNotExist"):
        raise Untold(f"Nobody looked for the row: the caller got {run.error}.")
    return run.error is not None


def _row(run: Evidence) -> str:
    return "the row was gone" if _is_gone(run) else "refresh_from_db() found the row"


TRANSACTIONS = (
    Claim(
        slug="exception-rolls-back",
        claim="When a post_save handler raises, the row is not saved.",
        said_at=(
            Source(
                "an article: Django's post_save doesn't always",
                "https://blog.danwald.me/djangos-postsave-doesnt-always",
            ),
            Source("an article: Django transactions", "https://manhtai.github.io/posts/django-transactions"),
        ),
        experiments=(
            asked("sync-view", "save_and_look_again", fail="sync"),
            asked("sync-view", "atomic_save_and_look_again", fail="sync"),
        ),
        decide=takes_the_row_along,
        truth="A plain save() has written its row for good before post_save is sent, and the caller gets the exception "
        "all the same; only a transaction around both takes the row back.",
    ),
    Claim(
        slug="before-the-commit",
        claim="post_save is sent before the commit: others cannot see the row yet.",
        said_at=(
            Source(
                "an article: Signals in depth and post-transaction work",
                "https://schoolofweb.pages.dev/en/posts/django-advanced-5-signals-transactions/",
            ),
            Source("an article: Django transactions", "https://manhtai.github.io/posts/django-transactions"),
        ),
        experiments=(asked("sync-view", "save"), asked("sync-view", "save", atomic=True)),
        decide=before_the_commit,
        truth="Django commits a plain save() before it sends; inside of atomic(), or with ATOMIC_REQUESTS, the commit "
        "comes later, and on_commit() is right in both cases.",
    ),
    Claim(
        slug="bulk-sends",
        claim="bulk_create() and update() send post_save.",
        said_at=(
            Source("django-bulk-update #74, where one says so", "https://github.com/aykut/django-bulk-update/pull/74"),
            Source("Sentry #98823: what came of it", "https://github.com/getsentry/sentry/pull/98823"),
        ),
        experiments=(asked("sync-view", "bulk_create"), asked("sync-view", "queryset_update")),
        decide=bulk_operations_send,
        truth="Both talk to the database without save(), and send nothing at all.",
    ),
    Claim(
        slug="async-receiver-same-transaction",
        claim="An async handler is in its sender's transaction.",
        said_at=(
            Source("Channels #1110, of sync_to_async() in tests", "https://github.com/django/channels/issues/1110"),
            Source(
                "pytest-django #580: transactions with asyncio",
                "https://github.com/pytest-dev/pytest-django/issues/580",
            ),
        ),
        experiments=(asked("sync-view", "save", "async", atomic=True),),
        decide=on_the_senders_connection,
        truth="Connections belong to threads, and an async receiver is on another one; only what it awaits from the "
        "ORM hops back to the sender's.",
    ),
    Claim(
        slug="atomic-in-async-view",
        claim="with transaction.atomic() works in an async view, around asave().",
        said_at=(
            Source(
                "a project's guide that recommends it: Async Patterns",
                "https://docs.lendsimple.io/architecture/async-patterns",
            ),
            Source(
                "Channels #1937: Asynchronous database transactions", "https://github.com/django/channels/issues/1937"
            ),
        ),
        experiments=(asked("async-view", "asave", atomic=True),),
        decide=atomic_is_accepted,
        truth="Django refuses transactions on an event loop; put the transaction and all that belongs into it into one "
        "function, and call that through sync_to_async().",
    ),
)
