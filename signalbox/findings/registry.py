"""All rules, in the order of docs/findings.md."""

from collections.abc import Callable, Iterator
from typing import NamedTuple

from signalbox.findings import (
    commits,
    connections,
    context,
    errors,
    hops,
    identity,
    load,
    loop,
    queues,
    tasks,
    transactions,
)
from signalbox.findings.evidence import Evidence
from signalbox.findings.finding import SEVERITIES, Finding, Found
from signalbox.recording import Recording


class Rule(NamedTuple):
    """A kind of hazard, and the function that looks for it."""

    code: str
    title: str
    look: Callable[[Evidence], Iterator[Found]]


RULES = (
    Rule("SB101", "Event loop blocked by a sync receiver", loop.blocked_by_sync_receiver),
    Rule("SB102", "Event loop blocked by an async receiver", loop.blocked_by_async_receiver),
    Rule("SB201", "Receiver outside the transaction of its dispatch", transactions.outside_the_dispatchs),
    Rule("SB202", "Receiver outside the caller's transaction", transactions.outside_the_callers),
    Rule("SB203", "on_commit() outside of the transaction that it meant", commits.outside_its_transaction),
    Rule("SB204", "Connection left open in a pool's thread", connections.left_open_in_a_pool),
    Rule("SB301", "send() with async receivers on an event loop", hops.send_on_an_event_loop),
    Rule("SB302", "A new thread and a new event loop for async receivers", hops.new_thread_and_loop),
    Rule("SB303", "Where async receivers ran hung on the thread's history", hops.pool_threads_history),
    Rule("SB401", "Waited for its thread longer than it ran", queues.waited_longer_than_it_ran),
    Rule("SB402", "Callers in turn on the one thread of the process", queues.callers_on_one_thread),
    Rule("SB403", "Concurrent calls ran one after the other", queues.concurrent_calls_in_turn),
    Rule("SB501", "SynchronousOnlyOperation in a receiver", errors.synchronous_only),
    Rule("SB502", "Refused because it would deadlock", errors.would_deadlock),
    Rule("SB503", "Exception swallowed by a robust send", errors.swallowed_by_robust_send),
    Rule("SB504", "Siblings of a failed receiver cancelled or orphaned", errors.siblings_of_a_failed_receiver),
    Rule("SB505", "Async receiver that was never awaited", errors.never_awaited),
    Rule("SB601", "Task of a receiver outlived its dispatch", tasks.outlived_the_dispatch),
    Rule("SB701", "Thread-locals of the caller not visible", context.threadlocal_not_visible),
    Rule("SB702", "Context variable of a receiver lost", context.variable_lost),
    Rule("SB703", "Context variable of a receiver leaked into its caller", context.variable_leaked),
    Rule("SB801", "One ident served several threads", identity.one_ident_two_threads),
    Rule("SB901", "Slow receiver", load.slow_receiver),
    Rule("SB902", "Receiver called again and again", load.called_again_and_again),
)


def find(recording: Recording) -> list[Finding]:
    """The hazards in a recording: the gravest first, and among equals those that showed first."""
    evidence = Evidence(recording)
    findings = [
        Finding(rule.code, rule.title, found.severity, found.spans, found.explain, found.fix, found.source)
        for rule in RULES
        for found in rule.look(evidence)
    ]
    began_ns = {span.id: span.start_ns for span in recording.spans}
    return sorted(findings, key=lambda finding: (SEVERITIES.index(finding.severity), began_ns[finding.spans[0]]))
