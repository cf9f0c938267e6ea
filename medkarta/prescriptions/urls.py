from django.urls import path

from medkarta.prescriptions import views

app_name = "prescriptions"

record_urlpatterns = [
    path("prescriptions/", views.list_prescriptions, name="list"),
    path("prescriptions/<uuid:prescription_id>/", views.show_prescription, name="prescription"),
    path("prescriptions/<uuid:prescription_id>/pdf/", views.print_prescription, name="pdf"),
]
