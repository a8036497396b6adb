"""A thread is its key: the operating system gives idents out again."""

import _thread
import os
import threading
from collections.abc import Callable
from typing import Any

from signalbox.threads import Thread, current_thread

ENOUGH_THREADS = 2_000


def in_a_thread(ask: Callable[[], Any]) -> Any:
    answers: list[Any] = []
    thread = threading.Thread(target=lambda: answers.append(ask()))
    thread.start()
    thread.join()
    return answers[0]


def test_a_thread_keeps_its_record() -> None:
    assert current_thread() is current_thread()
    record = current_thread()
    assert record.ident == threading.get_ident()
    assert record.native_id == threading.get_native_id()
    assert (record.name, record.process) == (threading.current_thread().name, os.getpid())


def test_a_thread_that_gets_the_ident_of_a_dead_one_has_a_key_of_its_own() -> None:
    seen: dict[int, Thread] = {}
    for _ in range(ENOUGH_THREADS):
        record = in_a_thread(current_thread)
        if record.ident in seen:
            assert seen[record.ident].key != record.key
            return
        seen[record.ident] = record
    raise AssertionError(f"no ident was given out twice in {ENOUGH_THREADS} threads")


def test_a_thread_that_python_did_not_start_is_not_registered_with_threading() -> None:
    done, records = threading.Lock(), []
    done.acquire()

    def ask() -> None:
        records.append((current_thread(), list(threading.enumerate())))
        done.release()

    _thread.start_new_thread(ask, ())
    done.acquire()
    ((record, known),) = records
    assert record.name == f"foreign-{record.native_id}"
    assert record.ident not in {thread.ident for thread in known}


def test_a_forked_child_has_a_record_of_its_own() -> None:
    current_thread()
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        os.write(writing, f"{current_thread().process} {os.getpid()}".encode())
        os._exit(0)
    os.waitpid(child, 0)
    recorded, real = os.read(reading, 100).split()
    assert recorded == real != str(os.getpid()).encode()
