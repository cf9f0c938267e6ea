from django.urls import path

from medkarta.printing import views

app_name = "printing"
urlpatterns = [
    path("verify/", views.verify, name="verify"),
]
