"""Addresses of 名寄せ. No personal item ever stands in one."""

from django.urls import path

from azukari.business.health.persons import views

app_name = "health_persons"
urlpatterns = [
    path("", views.queue, name="queue"),
    path("<int:key>/", views.pair, name="pair"),
]
