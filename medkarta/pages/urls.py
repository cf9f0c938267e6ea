from django.urls import path

from medkarta.pages import views

app_name = "pages"
urlpatterns = [
    path("", views.start, name="start"),
    path("about/", views.about, name="about"),
    path("about/privacy/", views.privacy, name="privacy"),
    path("about/accessibility/", views.accessibility, name="accessibility"),
    path("help/", views.list_help, name="help"),
    path("help/<slug:slug>/", views.show_help, name="topic"),
]
