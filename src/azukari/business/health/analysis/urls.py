"""Addresses of the ceremonies. No personal item ever stands in one."""

from django.urls import path

from azukari.business.health.analysis import views

app_name = "ceremonies"
urlpatterns = [
    path("", views.everything, name="ceremonies"),
    path("<int:key>/", views.one, name="ceremony"),
    path("<int:key>/text.txt", views.text, name="ceremony_text"),
    path("<int:key>/record.pdf", views.paper, name="ceremony_paper"),
    path("<int:key>/<slug:step>/", views.act, name="ceremony_act"),
]
