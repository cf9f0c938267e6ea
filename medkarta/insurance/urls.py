from django.urls import path

from medkarta.insurance import views

app_name = "insurance"
record_urlpatterns = [path("policy/", views.policy, name="policy")]
