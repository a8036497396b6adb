"""The callers that are management commands: no server, no request; the main thread of a process of its own."""

from asgiref.sync import async_to_sync

from app.ways.bound import BoundWay


def command(way: BoundWay) -> None:
    with way.transaction():
        if way.is_async:
            async_to_sync(way.run)()
        else:
            way.run()


def command_async(way: BoundWay) -> None:
    async def work() -> None:
        with way.transaction():
            if way.is_async:
                await way.run()
            else:
                way.run()

    async_to_sync(work)()
