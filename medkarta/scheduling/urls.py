from django.urls import path

from medkarta.scheduling import views
from medkarta.scheduling.views import absences, answering, booking, calendar, feeds, finding, home_visits, waitlist

app_name = "scheduling"
record_urlpatterns = [
    path("appointments/", views.list_appointments, name="list"),
    path("appointments/calendar/", calendar.show_calendar, name="calendar"),
    path("appointments/home-visits/new/", home_visits.call_doctor, name="call_doctor"),
    path("appointments/home-visits/<uuid:request_id>/", home_visits.show_home_visit, name="home_visit"),
    path(
        "appointments/home-visits/<uuid:request_id>/cancel/",
        home_visits.cancel_home_visit,
        name="cancel_home_visit",
    ),
    path(
        "appointments/home-visits/<uuid:request_id>/calendar.ics",
        calendar.download_home_visit,
        name="home_visit_file",
    ),
    path("appointments/waitlist/new/", waitlist.join, name="waitlist_join"),
    path("appointments/waitlist/<uuid:entry_id>/", waitlist.show, name="waitlist_entry"),
    path("appointments/waitlist/<uuid:entry_id>/leave/", waitlist.leave, name="waitlist_leave"),
    path("appointments/waitlist/<uuid:entry_id>/keep/", waitlist.keep, name="waitlist_keep"),
    path(
        "appointments/waitlist/<uuid:entry_id>/offers/<uuid:offer_id>/accept/", waitlist.accept, name="waitlist_accept"
    ),
    path(
        "appointments/waitlist/<uuid:entry_id>/offers/<uuid:offer_id>/decline/",
        waitlist.decline,
        name="waitlist_decline",
    ),
    path("appointments/book/", finding.choose_way, name="book"),
    path("appointments/book/doctors/", finding.choose_doctor, name="book_doctors"),
    path("appointments/book/clinics/", finding.choose_clinic, name="book_clinics"),
    path("appointments/book/times/", finding.choose_time, name="book_times"),
    path("appointments/book/why/", finding.explain, name="book_why"),
    path("appointments/book/hold/", booking.hold, name="hold"),
    path("appointments/book/extend/", booking.extend, name="extend"),
    path("appointments/book/release/", booking.release, name="release"),
    path("appointments/book/confirm/", booking.confirm, name="confirm"),
    path("appointments/<uuid:appointment_id>/", views.show_appointment, name="detail"),
    path("appointments/<uuid:appointment_id>/move/", booking.move, name="move"),
    path("appointments/<uuid:appointment_id>/cancel/", booking.cancel, name="cancel"),
    path("appointments/<uuid:appointment_id>/absence/", absences.answer, name="absence"),
    path("appointments/<uuid:appointment_id>/calendar.ics", calendar.download_appointment, name="detail_file"),
]
urlpatterns = [
    path("visit/<str:token>/", answering.answer, name="answer"),
    path("account/calendar/", feeds.calendars, name="calendars"),
    path("account/calendar/<uuid:feed_id>/revoke/", feeds.revoke, name="revoke_feed"),
    path("calendar/<str:token>.ics", feeds.read, name="feed"),
]
