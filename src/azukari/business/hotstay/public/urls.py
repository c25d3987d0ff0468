"""Addresses of the residents' pages."""

from django.urls import path

from azukari.business.hotstay.public.views import entry, home

app_name = "hotstay_public"
urlpatterns = [
    path("", home.home, name="home"),
    path("sign-in/", entry.sign_in, name="sign_in"),
    path("sign-out/", entry.sign_out, name="sign_out"),
    path("password/", entry.password, name="password"),
    path("settings/", entry.preferences, name="settings"),
    path("settings/others/", entry.leave_others, name="leave_others"),
    path("settings/feed/", entry.feed_address, name="feed_address"),
]
