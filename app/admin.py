from typing import TYPE_CHECKING

from django.contrib import admin
from django.http import HttpRequest
from django.utils.html import format_html

from app.models import MyModel, Run

if TYPE_CHECKING:  # generic in the stubs only
    RunModelAdmin = admin.ModelAdmin[Run]
    MyModelModelAdmin = admin.ModelAdmin[MyModel]
else:
    RunModelAdmin = MyModelModelAdmin = admin.ModelAdmin


@admin.register(Run)
class RunAdmin(RunModelAdmin):
    """Runs are measurements: they can be looked at and deleted, not written."""

    list_display = ("started_at", "caller", "way", "receivers", "error", "page")
    list_filter = ("caller", "way", "receivers")
    date_hierarchy = "started_at"

    def page(self, run: Run) -> str:
        return format_html('<a href="{}">lanes</a>', run.get_absolute_url())

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Run | None = None) -> bool:
        return False


@admin.register(MyModel)
class MyModelAdmin(MyModelModelAdmin):
    list_display = ("id", "name")
