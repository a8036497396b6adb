"""A run's document as claims read it: calls of receivers, where they ran, and for how long."""

from collections.abc import Iterable
from typing import Any

from app.work import ReceiverKind

Span = dict[str, Any]


class Untold(Exception):
    """The run does not tell what the claim asks for; the message is a sentence that says what is missing."""


class Call:
    """One call of a receiver: its span, and the verdict's answers for it."""

    def __init__(self, answers: dict[str, Any], span: Span) -> None:
        self.answers = answers
        self.span = span

    def __getitem__(self, question: str) -> bool:
        """The answer to one of the verdict's questions. Raises Untold where there is none."""
        answer: bool | None = self.answers[question]
        if answer is None:
            raise Untold(f"The run has no answer to {question.replace('_', ' ')} for {self.answers['name']}.")
        return answer


class Evidence:
    """One run, from its document as decoded JSON."""

    def __init__(self, document: dict[str, Any]) -> None:
        self.document = document
        self.error: str | None = document["verdict"]["error"]
        self.spans: list[Span] = document["spans"]
        self._spans = {span["id"]: span for span in self.spans}
        self._threads = {thread["key"]: thread for thread in document["threads"]}

    def without_error(self) -> "Evidence":
        """This run, if its caller got no exception. Raises Untold."""
        if self.error is not None:
            raise Untold(f"The caller got {self.error}.")
        return self

    def of_kind(self, kind: str) -> list[Span]:
        return [span for span in self.spans if span["kind"] == kind]

    def calls(self, kind: ReceiverKind | None = None) -> list[Call]:
        """The calls of receivers, of one kind or of both, in the order in which they began. Raises Untold for none."""
        calls = [Call(answers, self._spans[answers["span"]]) for answers in self.document["verdict"]["receivers"]]
        wanted = [call for call in calls if kind is None or call.answers["is_async"] == (kind == "async")]
        if not wanted:
            got = f" The caller got {self.error}." if self.error else ""
            raise Untold(f"The run called no {f'{kind} ' if kind else ''}receiver.{got}")
        return sorted(wanted, key=lambda call: int(call.span["start_ns"]))

    def call(self, kind: ReceiverKind | None = None) -> Call:
        """The first of them."""
        return self.calls(kind)[0]

    def dispatch(self, call: Call) -> Span:
        """The send that a receiver was called by."""
        send: Span = self._spans[call.answers["dispatch"]]
        return send

    def thread(self, span: Span) -> str:
        """The name of the thread that a span ran on."""
        return str(self._threads[span["thread"]]["name"])

    def ident(self, span: Span) -> int:
        """What `threading.get_ident()` gave there."""
        return int(self._threads[span["thread"]]["ident"])

    def runs_a_loop(self, span: Span) -> bool:
        """Whether the span ran on an event loop's thread."""
        return bool(self._threads[span["thread"]]["event_loop"])


def ms(span: Span) -> str:
    """How long it took, with its unit."""
    if span["end_ns"] is None:
        raise Untold(f"{span['name']} has not ended.")
    return f"{(span['end_ns'] - span['start_ns']) / 1e6:.0f} ms"


def threads_of(calls: Iterable[Call]) -> set[int]:
    """The keys of the threads that the calls ran on."""
    return {call.span["thread"] for call in calls}


def overlap(one: Call, other: Call) -> bool:
    """Whether the two were under way at the same time."""
    ends = one.span["end_ns"], other.span["end_ns"]
    if None in ends:
        raise Untold("A receiver has not ended.")
    return bool(one.span["start_ns"] < ends[1] and other.span["start_ns"] < ends[0])


def is_in_transaction(span: Span) -> bool:
    """Whether the connection that was open where the span began, if one was, was in `atomic()`."""
    return span["connection"] is not None and span["connection"]["atomic_depth"] > 0


def transaction_of(span: Span) -> str:
    """The same in words."""
    return (
        f"{span['connection']['atomic_depth']} deep in atomic()" if is_in_transaction(span) else "outside of atomic()"
    )
