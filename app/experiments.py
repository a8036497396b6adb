"""An experiment as it is asked for: read from outside, checked at the door, refused in one sentence."""

import re
from typing import Annotated, Any, Literal

import msgspec
from django.conf import settings

from app.senders import Receivers
from app.ways import EVERY_WAY, WAYS, way_of
from app.ways.bound import BoundWay
from app.work import ReceiverKind, Work
from signalbox.scopes import Scope

LONGEST_DELAY_MS = 10_000
#: Callers at once: in one experiment, and in all that are under way in one process.
MOST_AT_ONCE = 50
#: The callers that are processes of their own.
COMMANDS = frozenset({"command", "command-async"})
LONGEST_QUOTE = 60
LARGEST_BODY = settings.DATA_UPLOAD_MAX_MEMORY_SIZE
#: Not Daphne's own limit, which holds for the frames that it sends, too, and those may be larger.
LARGEST_FRAME = 64 * 1024

EXAMPLE = '{"way": "save", "receivers": "sync", "atomic": false, "delay_ms": 200, "fail": null, "concurrency": 1}'

_KINDS: dict[str | None, frozenset[ReceiverKind]] = {
    None: frozenset(),
    "sync": frozenset({"sync"}),
    "async": frozenset({"async"}),
    "both": frozenset({"sync", "async"}),
}


class Refused(Exception):
    """The experiment will not be run; ``status`` is the HTTP status that says so."""

    def __init__(self, status: int, sentence: str) -> None:
        super().__init__(sentence)
        self.status = status


class Malformed(Refused):
    """What came is no JSON text: whoever sends that has no idea of the protocol."""

    def __init__(self, sentence: str) -> None:
        super().__init__(400, sentence)


class Order(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """The body of a request to run an experiment."""

    way: str
    receivers: Receivers = "sync"
    atomic: bool = False
    delay_ms: Annotated[int, msgspec.Meta(ge=0, le=LONGEST_DELAY_MS)] = 200
    fail: Literal["sync", "async", "both"] | None = None
    concurrency: Annotated[int, msgspec.Meta(ge=1, le=MOST_AT_ONCE)] = 1


class Experiment(msgspec.Struct, kw_only=True):
    """Caller + way + receivers + options: the ``experiment`` of a run's document."""

    caller: str
    way: str
    receivers: Receivers
    atomic: bool
    delay_ms: int
    fail: Literal["sync", "async", "both"] | None
    concurrency: int

    def bound_way(self, scope: Scope) -> BoundWay:
        """The way for one caller, whose span is the scope's."""
        return BoundWay(way_of(self.way), self.receivers, scope, self.work(), atomic=self.atomic)

    def work(self) -> Work:
        return Work(self.delay_ms / 1000, _KINDS[self.fail])


def read_experiment(caller: str, body: bytes | str) -> Experiment:
    """The experiment that ``body`` asks for. Raises Refused with 400; Malformed where it is not JSON."""
    try:
        given = msgspec.json.decode(body)
    except (msgspec.DecodeError, UnicodeError, RecursionError) as error:
        raise Malformed(f"Expected a JSON object such as {EXAMPLE}; this is not JSON: {error}.") from error
    return check_experiment(caller, given)


def check_experiment(caller: str, given: Any) -> Experiment:
    """The experiment that the decoded JSON ``given`` asks for, or Refused with status 400."""
    if not isinstance(given, dict):
        raise Refused(400, f"Expected a JSON object such as {EXAMPLE}; got {_shown(given)}.")
    try:
        order = msgspec.convert(given, Order)
    except msgspec.ValidationError as error:
        raise Refused(400, _what_is_wrong(error, given)) from error
    if order.way not in EVERY_WAY:
        raise Refused(400, f"way: expected one of {', '.join(WAYS)}; got {_shown(order.way)}.")
    if order.fail is not None and order.receivers not in {"both", order.fail}:
        raise Refused(400, f"fail: expected null or {order.receivers}, the only receivers asked for; got {order.fail}.")
    if order.concurrency > 1 and caller in COMMANDS:
        raise Refused(
            400,
            f"concurrency: expected 1 for the caller {caller}, a process with one main thread, in which there is"
            f" nothing to be shared; got {order.concurrency}.",
        )
    return Experiment(
        caller=caller,
        way=order.way,
        receivers=order.receivers,
        atomic=order.atomic,
        delay_ms=order.delay_ms,
        fail=order.fail,
        concurrency=order.concurrency,
    )


def too_large(size: int) -> Refused:
    """The refusal of a body above the limit."""
    return Refused(413, f"Expected a body of at most {LARGEST_BODY} bytes; got {size}.")


def _what_is_wrong(error: msgspec.ValidationError, given: dict[str, Any]) -> str:
    """msgspec says what was expected and where; this adds what came, and the words to choose from."""
    message = str(error)
    place = re.search(r"`\$\.(\w+)`$", message)
    if place is None:
        keys = ", ".join(Order.__struct_fields__)
        return f"{_shortened(message)}. Expected the keys {keys}, of which only way is required."
    field = place[1]
    choices = {"receivers": " one of sync, async, both", "fail": " null or one of sync, async, both"}.get(field)
    expected = f"Expected{choices}" if choices else re.split(" - at|, got", message, maxsplit=1)[0]
    return f"{field}: {expected[0].lower()}{expected[1:]}; got {_shown(given.get(field))}.".replace("`", "")


def _shown(value: Any) -> str:
    """The value as JSON, short enough for a sentence."""
    try:
        return _shortened(msgspec.json.encode(value).decode())
    except RecursionError:  # what could just be decoded cannot always be encoded again
        return "something nested too deeply to be shown"


def _shortened(text: str) -> str:
    return text if len(text) <= LONGEST_QUOTE else f"{text[: LONGEST_QUOTE - 1]}…"
