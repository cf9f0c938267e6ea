"""Addresses of orders, under those of the room."""

from django.urls import path

from medkarta.documents.orders import views

record_urlpatterns = [
    path("documents/orders/", views.list_orders, name="orders"),
    path("documents/orders/new/", views.choose_kind, name="order_kinds"),
    path("documents/orders/new/<slug:code>/", views.order, name="order_form"),
    path("documents/orders/<uuid:order_id>/", views.show_order, name="order"),
    path("documents/orders/<uuid:order_id>/cancel/", views.cancel_order, name="cancel_order"),
]
