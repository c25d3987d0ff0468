"""Addresses of the effect reports."""

from django.urls import path

from azukari.business.health.effect import pages

app_name = "health_effect"
urlpatterns = [path("", pages.effect, name="effect")]
