from django.urls import path

from medkarta.privacy.views import account, notifications

app_name = "privacy"
record_urlpatterns = [path("access-log/", account.access_log, name="access-log")]
urlpatterns = [
    path("account/", account.account, name="account"),
    path("account/sessions/<uuid:session_id>/revoke/", account.revoke_session, name="revoke-session"),
    path("account/sign-out-everywhere/", account.sign_out_everywhere, name="sign-out-everywhere"),
    path("account/withdraw-consent/", account.withdraw_consent, name="withdraw-consent"),
    path("account/notifications/", notifications.channels, name="notifications"),
    path("account/notifications/consent/", notifications.consent, name="messages-consent"),
    path("account/notifications/withdraw/", notifications.withdraw_consent, name="messages-withdraw"),
    path("account/notifications/address/", notifications.request_address, name="request-address"),
    path("account/notifications/address/drop/", notifications.drop_address, name="drop-address"),
    path("account/notifications/devices/", notifications.keep_device, name="keep-device"),
    path(
        "account/notifications/devices/<uuid:subscription_id>/forget/",
        notifications.forget_device,
        name="forget-device",
    ),
]
