from django.urls import path

from medkarta.referrals import views

app_name = "referrals"
record_urlpatterns = [
    path("referrals/", views.list_referrals, name="list"),
    path("referrals/<uuid:referral_id>/", views.show_referral, name="detail"),
    path("referrals/<uuid:referral_id>/pdf/", views.print_referral, name="pdf"),
]
