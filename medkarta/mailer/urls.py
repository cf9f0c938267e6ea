from django.urls import path

from medkarta.mailer import views

app_name = "mailer"
urlpatterns = [
    path("notifications/", views.list_notices, name="list"),
    path("notifications/read/", views.read_all, name="read-all"),
    path("notifications/<uuid:notice_id>/", views.open_notice, name="open"),
    path("mail/confirm/<str:token>/", views.confirm_address, name="confirm"),
    path("mail/stop/<str:token>/", views.stop_letters, name="stop"),
    path("sw.js", views.service_worker, name="service-worker"),
]
