from django.urls import path

from medkarta.results import views

app_name = "results"

record_urlpatterns = [
    path("results/", views.list_reports, name="list"),
    path("results/<uuid:report_id>/", views.show_report, name="report"),
    path("results/<uuid:report_id>/files/<int:position>/", views.download_file, name="file"),
]
