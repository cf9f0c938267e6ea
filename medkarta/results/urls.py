from django.urls import path

from medkarta.results import views

app_name = "results"

record_urlpatterns = [
    path("results/", views.list_reports, name="list"),
    path("results/<uuid:report_id>/", views.show_report, name="report"),
    path("results/<uuid:report_id>/print/", views.print_report, name="print"),
    path("results/<uuid:report_id>/values.csv", views.export_report, name="export"),
    path("results/trends/<uuid:observation_id>/", views.show_trend, name="trend"),
    path("results/trends/<uuid:observation_id>/values.csv", views.export_trend, name="export_trend"),
    path("results/<uuid:report_id>/files/<int:position>/", views.download_file, name="file"),
]
