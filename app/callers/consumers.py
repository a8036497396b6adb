"""The callers that answer a websocket frame."""

from asgiref.sync import async_to_sync
from channels.generic.websocket import AsyncWebsocketConsumer, WebsocketConsumer

from app.callers.sockets import AsyncExperimentSocket, SyncExperimentSocket, runs_experiment
from app.ways.bound import BoundWay


class AsyncConsumer(AsyncExperimentSocket, AsyncWebsocketConsumer):
    """Runs on the event loop, as every AsyncConsumer does."""

    @runs_experiment("async-consumer")
    async def receive(self, way: BoundWay) -> None:
        with way.transaction():
            if way.is_async:
                await way.run()
            else:
                way.run()


class SyncConsumer(SyncExperimentSocket, WebsocketConsumer):
    """Runs in the one thread that all sync consumers of the process share."""

    @runs_experiment("sync-consumer")
    def receive(self, way: BoundWay) -> None:
        with way.transaction():
            if way.is_async:
                async_to_sync(way.run)()
            else:
                way.run()
