"""Addresses of signing in and out."""

from django.urls import path

from azukari.web.signin import views

app_name = "accounts"
urlpatterns = [
    path("sign-in/", views.sign_in, name="sign_in"),
    path("sign-out/", views.sign_out, name="sign_out"),
    path("place/", views.choose_place, name="choose_place"),
]
