"""Addresses of the business. No personal item ever stands in one."""

from django.urls import path

from azukari.business.taxi import views, ward

app_name = "taxi"
urlpatterns = [
    path("", ward.month, name="month"),
    path("register/", ward.register, name="register"),
    path("check/", views.check, name="check"),
    path("check/find/", views.find, name="find"),
    path("check/<int:key>/", views.batch, name="batch"),
    path("check/<int:key>/page/", views.mark_page, name="mark_page"),
    path("check/<int:key>/<int:voucher>/", views.mark, name="mark"),
]
