from django.urls import path

from medkarta.documents import views

app_name = "documents"

record_urlpatterns = [
    path("documents/", views.list_documents, name="list"),
    path("documents/<uuid:document_id>/", views.show_document, name="document"),
    path("documents/<uuid:document_id>/files/<int:position>/", views.download_file, name="file"),
]
