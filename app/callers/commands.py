"""The caller that is a management command: no server, no request, no event loop; the main thread of its own process."""

from asgiref.sync import async_to_sync

from app.ways.bound import BoundWay


def command(way: BoundWay) -> None:
    with way.transaction():
        if way.is_async:
            async_to_sync(way.run)()
        else:
            way.run()
