from django.urls import path

from medkarta.signin import views

app_name = "signin"
urlpatterns = [
    path("login", views.login, name="login"),
    path("login/", views.login),
    path("login/<slug:name>", views.login, name="login-with"),
    path("login/<slug:name>/callback", views.callback, name="callback"),
    path("consent/", views.consent, name="consent"),
    path("logout", views.logout, name="logout"),
]
