from django.urls import path

from medkarta.immunizations import views

app_name = "immunizations"
record_urlpatterns = [
    path("immunizations/", views.list_immunizations, name="list"),
    path("immunizations/pdf/", views.print_immunizations, name="pdf"),
    path("immunizations/<uuid:immunization_id>/", views.show_immunization, name="immunization"),
]
