"""Whether anything is recorded: an installed probe can rest, and then costs next to nothing."""


class Switch:
    """``paused`` is read at the begin of every dispatch, so it is an attribute and no call."""

    __slots__ = ("paused",)

    def __init__(self) -> None:
        self.paused = False


switch = Switch()


def pause() -> None:
    """Begin no more spans, on any thread, until ``resume()``; what is under way is recorded to its end."""
    switch.paused = True


def resume() -> None:
    """Record again."""
    switch.paused = False


def paused() -> bool:
    """Whether the probe rests."""
    return switch.paused
