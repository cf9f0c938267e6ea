from django.urls import path

from medkarta.mailer.views import notices

app_name = "mailer"
urlpatterns = [
    path("notifications/", notices.list_notices, name="list"),
    path("notifications/read/", notices.read_all, name="read-all"),
    path("notifications/<uuid:notice_id>/", notices.open_notice, name="open"),
    path("mail/confirm/<str:token>/", notices.confirm_address, name="confirm"),
    path("mail/stop/<str:token>/", notices.stop_letters, name="stop"),
    path("sw.js", notices.service_worker, name="service-worker"),
]
