from django.urls import path

from medkarta.visits import views

app_name = "visits"
record_urlpatterns = [
    path("visits/", views.list_visits, name="list"),
    path("visits/<uuid:visit_id>/", views.show_visit, name="detail"),
]
