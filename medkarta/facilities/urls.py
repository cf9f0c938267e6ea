from django.urls import path

from medkarta.facilities import views

app_name = "facilities"
urlpatterns = [
    path("facilities/", views.list_facilities, name="list"),
    path("facilities/<uuid:facility_id>/", views.show_facility, name="show"),
]
