"""The table of ways: slug, what a developer writes, what to know about it, and the function that does it."""

import inspect
from collections.abc import Callable
from typing import Any

import msgspec

from app.ways import claimed, hopping, many_to_many, saving, sending, silent


class Way(msgspec.Struct, frozen=True):
    """One way to ask. ``uses_database`` and ``sends`` say what it does, for what is valid and for the notes."""

    slug: str
    title: str
    summary: str
    function: Callable[..., Any]
    uses_database: bool = True
    sends: bool = True

    @property
    def is_async(self) -> bool:
        return inspect.iscoroutinefunction(self.function)

    @property
    def opens_transaction(self) -> bool:
        """Whether the function takes the transaction as an argument, to open it in the thread that it hops to."""
        return "transaction" in inspect.signature(self.function).parameters


_TABLE = (
    Way("save", "thing.save()", "A plain save, in the thread that asks for it.", saving.save),
    Way("create", "MyModel.objects.create()", "The manager's way to save a new row.", saving.create),
    Way("delete", "thing.delete()", "post_delete is sent inside the transaction of the deletion.", saving.delete),
    Way(
        "sync_to_async",
        "await sync_to_async(thing.save)()",
        "Thread-sensitive, the default: one thread per request, or the one that waits above.",
        hopping.sync_to_async_save,
    ),
    Way(
        "sync_to_async_insensitive",
        "await sync_to_async(thing.save, thread_sensitive=False)()",
        "Any thread of the loop's pool, with a database connection of its own.",
        hopping.sync_to_async_insensitive,
    ),
    Way(
        "database_sync_to_async",
        "await database_sync_to_async(thing.save)()",
        "Channels' twin of sync_to_async, which closes old connections before and after.",
        hopping.database_sync_to_async,
    ),
    Way(
        "asave",
        "await thing.asave()",
        "sync_to_async(thing.save)() inside Django: send(), never asend().",
        saving.asave,
    ),
    Way("acreate", "await MyModel.objects.acreate()", "sync_to_async around create().", saving.acreate),
    Way("adelete", "await thing.adelete()", "sync_to_async around delete().", saving.adelete),
    Way("m2m_add", "basket.things.add(thing)", "m2m_changed twice, inside a transaction.", many_to_many.m2m_add),
    Way("m2m_aadd", "await basket.things.aadd(thing)", "sync_to_async around add().", many_to_many.m2m_aadd),
    Way(
        "send",
        "signal.send(sender)",
        "Calls sync receivers itself, async ones through async_to_sync.",
        sending.send,
        uses_database=False,
    ),
    Way(
        "asend",
        "await signal.asend(sender)",
        "Awaits async receivers as tasks, calls sync ones through sync_to_async.",
        sending.asend,
        uses_database=False,
    ),
    Way(
        "send_robust",
        "signal.send_robust(sender)",
        "As send(), but an exception becomes that receiver's response.",
        sending.send_robust,
        uses_database=False,
    ),
    Way(
        "asend_robust",
        "await signal.asend_robust(sender)",
        "As asend(), but an exception becomes that receiver's response.",
        sending.asend_robust,
        uses_database=False,
    ),
    Way("bulk_create", "MyModel.objects.bulk_create([…])", "Sends no signal.", silent.bulk_create, sends=False),
    Way(
        "queryset_update",
        "MyModel.objects.filter(…).update(…)",
        "Sends no signal.",
        silent.queryset_update,
        sends=False,
    ),
)

WAYS: dict[str, Way] = {way.slug: way for way in _TABLE}

#: Ways that no form offers, beside the table: the map asks by them what no cell of its grid can tell.
BESIDE: dict[str, Way] = {
    way.slug: way
    for way in (
        Way(
            "asend_siblings",
            "await signal.asend(sender), and one of two async receivers fails",
            "What becomes of the other, which has not finished?",
            sending.asend_siblings,
            uses_database=False,
        ),
    )
}

#: And those that only a claim asks for.
CLAIMED: dict[str, Way] = {
    way.slug: way
    for way in (
        Way(
            "async_keyword",
            "@receiver(post_save, async=True)",
            "Compiled as it stands.",
            claimed.async_keyword,
            uses_database=False,
            sends=False,
        ),
        Way(
            "async_parameter",
            '@receiver(signal, **{"async": True})',
            "Past Python's grammar, to Django itself.",
            claimed.async_parameter,
            uses_database=False,
            sends=False,
        ),
        Way(
            "save_and_look_again",
            "thing.save(), then thing.refresh_from_db()",
            "Is the row still there when a handler has raised?",
            claimed.save_and_look_again,
        ),
        Way(
            "atomic_save_and_look_again",
            "thing.save() inside of atomic(), then thing.refresh_from_db()",
            "The same, with a transaction around the save.",
            claimed.atomic_save_and_look_again,
        ),
        Way(
            "send_from_threads",
            "signal.send(sender) from five threads, one after the other",
            "Each thread has ended before the next one is started.",
            claimed.send_from_threads,
            uses_database=False,
        ),
    )
}

#: All that can be run.
EVERY_WAY = WAYS | BESIDE | CLAIMED


def way_of(slug: str) -> Way:
    """The way with this slug. Raises KeyError."""
    return EVERY_WAY[slug]
