from django.urls import path

from medkarta.home import views

app_name = "home"
record_urlpatterns = [
    path("", views.home, name="home"),
    path("requests/", views.list_requests, name="requests"),
]
