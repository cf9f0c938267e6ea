from django.urls import path

from medkarta.mailer.views import notices, sendings, sent

app_name = "mailer"

record_urlpatterns = [
    path("send/", sendings.list_sendings, name="sendings"),
    path("send/sent/<uuid:sending_id>/", sendings.show_sending, name="sending"),
    path("send/sent/<uuid:sending_id>/revoke/", sendings.revoke, name="revoke"),
    path("send/<slug:kind>/<uuid:subject_id>/", sendings.send, name="send"),
]

urlpatterns = [
    path("notifications/", notices.list_notices, name="list"),
    path("notifications/read/", notices.read_all, name="read-all"),
    path("notifications/<uuid:notice_id>/", notices.open_notice, name="open"),
    path("mail/confirm/<str:token>/", notices.confirm_address, name="confirm"),
    path("mail/stop/<str:token>/", notices.stop_letters, name="stop"),
    path("sent/<str:token>/", sent.open_sent, name="sent"),
    path("sw.js", notices.service_worker, name="service-worker"),
]
