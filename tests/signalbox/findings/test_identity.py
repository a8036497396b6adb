"""SB801: one ident for several threads."""

import concurrent.futures
import threading
from typing import Any

from asgiref.sync import sync_to_async

import signalbox
from tests.signalbox.findings.parts import Found, codes, run_async, signal_of, the


def heard(**kwargs: Any) -> None:
    pass


def send() -> None:
    with signalbox.caller("the caller"):
        signal_of(heard).send(sender=None)


def test_a_thread_that_follows_another(found: Found) -> None:
    idents: list[int | None] = []
    while len(idents) == len(set(idents)) and len(idents) < 1_000:
        thread = threading.Thread(target=send, name=f"Worker-{len(idents)}")
        thread.start()
        thread.join()
        idents.append(thread.ident)
    finding = the("SB801", found())
    assert finding.severity == "info"
    assert len(finding.spans) == 2
    assert f"answered {idents[-1]} in 2 threads, one after the other: Worker-{idents.index(idents[-1])}, Worker-" in (
        finding.explain
    )


def test_threads_that_are_known_by_a_hop_alone(found: Found) -> None:
    async def hop_to_new_threads() -> None:
        idents: list[int] = []
        while len(idents) == len(set(idents)) and len(idents) < 1_000:
            with concurrent.futures.ThreadPoolExecutor(1) as pool:
                idents.append(await sync_to_async(threading.get_ident, thread_sensitive=False, executor=pool)())

    run_async(hop_to_new_threads)
    assert len(the("SB801", found()).spans) == 2


def test_near_miss_threads_that_live_at_once(found: Found) -> None:
    barrier = threading.Barrier(3)

    def send_and_wait() -> None:
        send()
        barrier.wait()

    threads = [threading.Thread(target=send_and_wait) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert codes(found()) == []


def test_many_idents_and_many_threads_are_one_short_sentence(found: Found) -> None:
    """Two threads at a time, so that two idents go round, until one of them has served five."""
    served: dict[int | None, int] = {}
    for _ in range(1_000):
        barrier = threading.Barrier(2)

        def send_and_wait(barrier: threading.Barrier = barrier) -> None:
            send()
            barrier.wait()

        pair = [threading.Thread(target=send_and_wait) for _ in range(2)]
        for thread in pair:
            thread.start()
        for thread in pair:
            thread.join()
            served[thread.ident] = served.get(thread.ident, 0) + 1
        *_, second, most = 0, *sorted(served.values())
        if second >= 2 and most >= 5:
            break
    explain = the("SB801", found()).explain
    assert f"in {most} threads" in explain
    assert f" and {most - 3} more." in explain
    assert "So it was with " in explain
