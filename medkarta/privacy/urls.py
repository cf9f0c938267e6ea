from django.urls import path

from medkarta.privacy import views

app_name = "privacy"
record_urlpatterns = [path("access-log/", views.access_log, name="access-log")]
urlpatterns = [
    path("account/", views.account, name="account"),
    path("account/sessions/<uuid:session_id>/revoke/", views.revoke_session, name="revoke-session"),
    path("account/sign-out-everywhere/", views.sign_out_everywhere, name="sign-out-everywhere"),
    path("account/withdraw-consent/", views.withdraw_consent, name="withdraw-consent"),
]
