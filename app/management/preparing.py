"""What the laboratory's commands do before they start."""

from django.core.management import call_command
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

import signalbox


def migrate_if_needed() -> None:
    """Make the tables on a machine where nobody has done so yet, so that a first command works by itself."""
    executor = MigrationExecutor(connection)
    if executor.migration_plan(executor.loader.graph.leaf_nodes()):
        with signalbox.muted():
            call_command("migrate", verbosity=0)
