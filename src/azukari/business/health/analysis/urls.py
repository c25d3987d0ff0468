"""Addresses of the ceremonies. No personal item ever stands in one."""

from django.urls import path

from azukari.business.health.analysis import views

app_name = "ceremonies"
urlpatterns = [
    path("", views.everything, name="list"),
    path("<int:key>/", views.one, name="one"),
    path("<int:key>/text.txt", views.text, name="text"),
    path("<int:key>/record.pdf", views.paper, name="paper"),
    path("<int:key>/<slug:step>/", views.act, name="act"),
]
