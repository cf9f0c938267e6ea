from django.urls import path

from medkarta.scheduling import views

app_name = "scheduling"
record_urlpatterns = [
    path("appointments/", views.list_appointments, name="list"),
    path("appointments/calendar/", views.show_calendar, name="calendar"),
    path("appointments/home-visits/<uuid:request_id>/", views.show_home_visit, name="home_visit"),
    path("appointments/waitlist/<uuid:entry_id>/", views.show_waitlist_entry, name="waitlist_entry"),
    path("appointments/<uuid:appointment_id>/", views.show_appointment, name="detail"),
]
