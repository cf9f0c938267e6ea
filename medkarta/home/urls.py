from django.urls import path

from medkarta.home import views

app_name = "home"
record_urlpatterns = [
    path("", views.home, name="home"),
    path("requests/", views.list_requests, name="requests"),
    path("requests/<uuid:request_id>/", views.show_request, name="request"),
    path("requests/<uuid:request_id>/cancel/", views.cancel_request, name="cancel_request"),
]
