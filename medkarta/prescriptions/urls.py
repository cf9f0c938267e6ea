from django.urls import path

from medkarta.prescriptions import views
from medkarta.prescriptions.repeats import views as repeats

app_name = "prescriptions"

record_urlpatterns = [
    path("prescriptions/", views.list_prescriptions, name="list"),
    path("prescriptions/<uuid:prescription_id>/", views.show_prescription, name="prescription"),
    path("prescriptions/<uuid:prescription_id>/repeat/", repeats.ask, name="repeat_form"),
    path("prescriptions/repeats/<uuid:repeat_id>/", repeats.show_repeat, name="repeat"),
    path("prescriptions/repeats/<uuid:repeat_id>/cancel/", repeats.cancel_repeat, name="cancel_repeat"),
    path("prescriptions/<uuid:prescription_id>/pdf/", views.print_prescription, name="pdf"),
]
