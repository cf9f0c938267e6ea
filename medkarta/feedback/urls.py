from django.urls import path

from medkarta.feedback import views

app_name = "feedback"
urlpatterns = [
    path("feedback/", views.write, name="write"),
    path("feedback/done/<str:token>/", views.done, name="done"),
]
