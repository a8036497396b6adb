"""`runserver`: Daphne's, with a server that ends when it is told to."""

from daphne.management.commands.runserver import Command as DaphneCommand

from app.ending import EndingServer


class Command(DaphneCommand):
    server_cls = EndingServer
