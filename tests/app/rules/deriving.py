"""What the rules say of a combination: what Django raises, and of each receiver call where it runs and all answers."""

from typing import NamedTuple

from tests.app.rules.tables import BESIDE, CALLERS, RECEIVERS, WAYS, Caller, Way


class History(NamedTuple):
    """What a pool's thread may have done before: it decides what a call in `asyncio.to_thread()` finds there."""

    marked: bool = False  #: asgiref has marked it with the server's loop, for which it once ran a `sync_to_async`
    connected: bool = False  #: it has a connection left open


class Circumstances(NamedTuple):
    django: tuple[int, int]
    protocol: str = "ASGI"  #: what the server speaks to Django
    atomic: bool = False  #: whether a transaction is asked for
    history: History = History()

    @property
    def in_turn(self) -> bool:
        """Whether async receivers share a `TaskGroup` and a context, and `asend()` calls them after the sync ones."""
        return self.django >= (6, 1)


class Answers(NamedTuple):
    is_async: bool
    caller_waited: bool
    same_thread_as_sender: bool
    same_thread_as_caller: bool
    same_connection: bool | None
    same_transaction: bool | None
    event_loop_free: bool | None
    contextvar_visible: bool
    threadlocal_visible: bool


class Call(NamedTuple):
    """One call of one receiver."""

    answers: Answers
    place: str
    outcome: str = "ok"


class Cell(NamedTuple):
    error: str | None  #: the type of what the caller gets instead of a result
    dispatches: list[list[Call]]  #: sync receivers before async ones
    order: list[list[str]]  #: the kinds of the first dispatch's receivers; those of a group run side by side
    kept: dict[str, bool]  #: whether a context variable that a receiver sets comes back to whoever has sent

    @property
    def answers(self) -> list[Answers]:
        return [call.answers for dispatch in self.dispatches for call in dispatch]


def derive(caller: str, way: str, receivers: str, circumstances: Circumstances) -> Cell:
    """What must be measured in one cell."""
    who, how = CALLERS[caller], (WAYS | BESIDE)[way]
    error = _error(who, how, receivers, circumstances)
    kinds = _called(how, receivers, error)
    calls = [_call(who, how, circumstances, is_async=is_async) for is_async in kinds]
    if calls and how.siblings:
        (call,) = calls
        sibling = _sibling(who, circumstances, call)
        return Cell(
            "ToldToFail" if who.hears_of_errors else None,  # R9
            [[call._replace(outcome="error"), sibling]] * who.times,
            [["async"], ["async"]],  # the first has failed before it gives way to the second
            {"async": False},  # the first sets none, and the second does not get so far
        )
    return Cell(
        error,
        [calls] * (how.dispatches * who.times if calls else 0),
        _order(how, kinds, circumstances),
        {_kind(is_async): _comes_back(how, circumstances, is_async=is_async) for is_async in kinds},
    )


def derivations(caller: str, way: str, receivers: str, circumstances: Circumstances) -> list[Cell]:
    """What may be measured on a server whose pool's threads have done anything before."""
    histories = [History(marked, connected) for marked in (False, True) for connected in (False, True)]
    possible = histories if CALLERS[caller].in_pool else [History()]
    return [derive(caller, way, receivers, circumstances._replace(history=history)) for history in possible]


def _error(caller: Caller, way: Way, receivers: str, circumstances: Circumstances) -> str | None:
    if caller.entry == "websocket" and circumstances.protocol == "WSGI":
        return "NotServed"
    if circumstances.django < caller.django:
        return "ModuleNotFoundError"
    if not caller.on_loop:
        return None
    # transaction.atomic() asks for the database, too
    if (way.database and not way.is_async) or (circumstances.atomic and not way.atomic_after_hop):
        return "SynchronousOnlyOperation"
    is_refused = way.method in {"send", "send_robust"} and not way.is_async and receivers != "sync"
    return "RuntimeError" if is_refused else None  # R3: async_to_sync on a thread with a running loop


def _called(way: Way, receivers: str, error: str | None) -> list[bool]:
    """Whether each of a dispatch's receivers is async. Where async ones are refused, the sync ones have run (R3)."""
    if way.method is None or error not in {None, "RuntimeError"}:
        return []
    return [is_async for is_async in RECEIVERS[receivers] if not (error and is_async)]


def _call(caller: Caller, way: Way, circumstances: Circumstances, *, is_async: bool) -> Call:
    sender = _sender_thread(caller, way, circumstances)
    receiver = _receiver_thread(caller, way, circumstances, is_async=is_async)
    has_connection = _has_connection(caller, way, circumstances, sender)
    in_transaction = has_connection and (circumstances.atomic or way.own_transaction)  # R5
    answers = Answers(
        is_async=is_async,
        caller_waited=caller.waits,
        same_thread_as_sender=receiver == sender,
        same_thread_as_caller=receiver == caller.thread,
        # R2: a sync receiver has the connection of the send; R6: an async one never has.
        same_connection=not is_async if has_connection else None,
        same_transaction=not is_async if in_transaction else None,
        event_loop_free=_event_loop_free(caller, way, circumstances, receiver, is_async=is_async),
        contextvar_visible=caller.hands_on_context,  # R7
        threadlocal_visible=receiver == caller.thread,  # R7
    )
    return Call(answers, _place(way, answers, receiver))


def _sibling(caller: Caller, circumstances: Circumstances, call: Call) -> Call:
    """What becomes of an async receiver when another one fails: an orphan lives for as long as its loop."""
    if circumstances.in_turn:
        return call._replace(outcome="cancelled")
    outlived = _server_has_loop(caller, circumstances) and _loop(caller, circumstances) == "loop"
    answers = call.answers._replace(caller_waited=False)
    return call._replace(answers=answers, outcome="ok" if outlived else "cancelled")


def _order(way: Way, kinds: list[bool], circumstances: Circumstances) -> list[list[str]]:
    """R4."""
    order = [_kind(is_async) for is_async in kinds]
    return [order] if order and way.asends and not circumstances.in_turn else [[kind] for kind in order]


def _comes_back(way: Way, circumstances: Circumstances, *, is_async: bool) -> bool:
    """R7: not from a task with a context of its own; under 5.2's `asend()` the sync receivers are in one, too."""
    return circumstances.in_turn or not (is_async or way.asends)


def _server_has_loop(caller: Caller, circumstances: Circumstances) -> bool:
    return caller.in_server and circumstances.protocol == "ASGI"


def _loop(caller: Caller, circumstances: Circumstances) -> str:
    """R3: the loop of the call; else the one that its thread is marked with; else a new one."""
    if caller.on_loop:
        return "loop"
    marked = caller.calls_in is None and (caller.handed_over or _server_has_loop(caller, circumstances))
    return "loop" if marked or (caller.in_pool and circumstances.history.marked) else "new loop"


def _sender_thread(caller: Caller, way: Way, circumstances: Circumstances) -> str:
    """R1."""
    if way.asends:
        return _loop(caller, circumstances)
    if way.hop == "pool":
        return "pool"
    return caller.sensitive_thread if way.hop == "sensitive" else caller.calling_thread


def _receiver_thread(caller: Caller, way: Way, circumstances: Circumstances, *, is_async: bool) -> str:
    """R2, R3 and R3b: async receivers are on some loop, which never runs on the thread of a `send()`."""
    if is_async:
        return _loop(caller, circumstances)
    return caller.sensitive_thread if way.asends else _sender_thread(caller, way, circumstances)


def _place(way: Way, answers: Answers, receiver: str) -> str:
    """An async way is on a loop already, whoever made it: only below a sync one the send itself makes one (R3)."""
    if answers.same_thread_as_sender:
        return "sender"
    if answers.is_async:
        return "new-loop" if receiver == "new loop" and not way.is_async else "event-loop"
    return "caller" if answers.same_thread_as_caller else "worker"


def _has_connection(caller: Caller, way: Way, circumstances: Circumstances, sender: str) -> bool:
    """R6: whether the thread of the dispatch has a connection open. None has been asked for on a loop."""
    if "loop" in sender:
        return False
    # Sending a signal of one's own opens none.
    had_one = circumstances.history.connected or (caller.has_connection and sender == "caller")
    return way.database or circumstances.atomic or had_one


def _event_loop_free(
    caller: Caller, way: Way, circumstances: Circumstances, receiver: str, *, is_async: bool
) -> bool | None:
    """R8; None where no event loop runs in the process."""
    if not (_server_has_loop(caller, circumstances) or caller.has_loop or way.is_async or is_async):
        return None
    return is_async or "loop" not in receiver


def _kind(is_async: bool) -> str:
    return "async" if is_async else "sync"
