"""Django's ``Signal._live_receivers()`` for the signals that are sent most: quicker, and without its lock.

It stands behind a check of the source that it equals (``signalbox.sources``), and asks Django for all that it does not
know: another ``_live_receivers``, dead receivers to be cleared away, a sender that is new to a caching signal, and a
signal without a cache some of whose receivers listen to one sender.
"""

from collections.abc import Callable
from typing import Any
from weakref import ReferenceType, ref

from django.dispatch import Signal
from django.dispatch.dispatcher import NO_RECEIVERS, NONE_ID

from signalbox.sources import version_of

#: Sync receivers and async ones, as ``Signal._live_receivers()`` gives them.
Receivers = tuple[list[Any], list[Any]]
Resolve = Callable[[Signal, Any], Receivers]


def resolver(original: Resolve, hooked: Resolve) -> Resolve:  # noqa: C901 (the function in it)
    """What resolves the receivers of a dispatch where ``hooked`` is in the place of ``Signal._live_receivers``.

    Another one in its place, a subclass's or another tool's, is asked as Django would.
    """
    version = version_of(original)
    names_senders = version != "5.2"  # an entry has its sender before the last element

    def live_receivers(signal: Signal, sender: Any) -> Receivers:  # noqa: C901 (each call more is felt at every signal)
        if type(signal)._live_receivers is not hooked:
            cached = signal.sender_receivers_cache.get(sender) if signal.use_caching else None
            return ([], []) if cached is NO_RECEIVERS else signal._live_receivers(sender)
        if version is None or signal._dead_receivers:  # type: ignore[attr-defined]
            return original(signal, sender)
        first = 0
        if signal.use_caching:
            cache: Any = signal.sender_receivers_cache
            try:
                entries = cache.data.get(ref(sender))  # as WeakKeyDictionary.get() does
            except (TypeError, AttributeError):  # this sender can't be referred to weakly; the cache is another
                entries = None
            if entries is None:
                return original(signal, sender)
            if entries is NO_RECEIVERS:
                return [], []
        else:
            entries, first = [*signal.receivers], 1  # a copy is atomic, so it needs no lock
        receivers: Receivers = [], []
        for entry in entries:
            if first and entry[0][1] != NONE_ID:
                return original(signal, sender)
            receiver = entry[first]
            if isinstance(receiver, ReferenceType):
                receiver = receiver()
                if receiver is None:
                    continue
            if names_senders and entry[-2] is not None and entry[-2]() is None:
                continue
            receivers[entry[-1]].append(receiver)
        return receivers

    return live_receivers
