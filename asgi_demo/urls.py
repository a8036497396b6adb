from django.contrib import admin
from django.urls import include, path

urlpatterns = [
    path("admin/", admin.site.urls),
    path("", include("app.urls")),
]

handler400 = "app.pages.bad_request"
handler403 = "app.pages.permission_denied"
handler404 = "app.pages.page_not_found"
handler500 = "app.pages.server_error"
