"""Addresses of the business. No personal item ever stands in one."""

from django.urls import path

from azukari.business.hotstay import parameters, registration, views

app_name = "hotstay"
urlpatterns = [
    path("", views.day, name="day"),
    path("act/<int:booking>/", views.act, name="act"),
    path("book/", views.book, name="book"),
    path("code/", views.code, name="code"),
    path("waiting/", views.waiting, name="waiting"),
    path("roster/", views.roster, name="roster"),
    path("settings/", parameters.parameters, name="settings"),
    path("children/", registration.children, name="children"),
    path("children/apply/", registration.apply, name="application"),
    path("children/<int:key>/", registration.child, name="child"),
    path("children/<int:key>/edit/", registration.edit, name="edit"),
    path("children/<int:key>/end/", registration.end, name="end"),
    path("children/<int:key>/interview/", registration.interview, name="interview"),
    path("children/<int:key>/issue/", registration.issue, name="issue_id"),
    path("numbers/", registration.numbers, name="numbers"),
]
