from django.urls import path

from medkarta.checkups import views

app_name = "checkups"
record_urlpatterns = [path("checkups/", views.list_checkups, name="list")]
