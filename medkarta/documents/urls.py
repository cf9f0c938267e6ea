from django.urls import path

from medkarta.documents.orders import urls as orders
from medkarta.documents.views import files, lists, reading, signatures

app_name = "documents"

_ONE = "documents/<uuid:document_id>/"

record_urlpatterns = [
    *orders.record_urlpatterns,
    path("documents/", lists.list_documents, name="list"),
    path(_ONE, reading.show_document, name="document"),
    path(f"{_ONE}print/", reading.print_document, name="print"),
    path(f"{_ONE}pdf/", reading.make_pdf, name="pdf"),
    path(f"{_ONE}inside/", files.view_inside, name="inside"),
    path(f"{_ONE}pictures/<int:number>/", files.view_picture, name="picture"),
    path(f"{_ONE}files/<int:position>/", files.download_file, name="file"),
    path(f"{_ONE}files/<int:position>/view/", files.view_file, name="view"),
    path(f"{_ONE}signatures/<int:number>/", signatures.download_signature, name="signature"),
]
