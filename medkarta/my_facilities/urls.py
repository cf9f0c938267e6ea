from django.urls import path

from medkarta.my_facilities import views

app_name = "my_facilities"
record_urlpatterns = [
    path("my-facilities/", views.list_my_facilities, name="list"),
]
