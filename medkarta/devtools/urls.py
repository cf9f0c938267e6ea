from django.urls import path

from medkarta.devtools import views

app_name = "devtools"
urlpatterns = [
    path("demo/mailbox/", views.mailbox_list, name="mailbox"),
    path("demo/mailbox/<slug:letter_id>/", views.mailbox_letter, name="letter"),
    path("demo/mailbox/<slug:letter_id>/files/<int:number>/", views.mailbox_file, name="file"),
]
