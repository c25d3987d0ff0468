"""Addresses of the business. No personal item ever stands in one."""

from django.urls import path

from azukari.business.health.programmes import call_pages, figure_pages, hand_pages, pages

app_name = "health"
urlpatterns = [
    path("", pages.year, name="programmes"),
    path("lists/<int:key>/", pages.one, name="health_list"),
    path("lists/<int:key>/entrust/", pages.entrust, name="entrust"),
    path("lists/<int:key>/people/", pages.people, name="list_people"),
    path("lists/<int:key>/people/<int:row>/", pages.person, name="list_person"),
    path("figures/", figure_pages.figures, name="figures"),
    path("calls/", call_pages.calls, name="calls"),
    path("calls/<int:key>/", call_pages.call, name="call"),
    path("by-hand/", hand_pages.by_hand, name="by_hand"),
    path("by-hand/<int:key>/done/", hand_pages.done, name="by_hand_done"),
    path("by-hand/<int:key>/end/", hand_pages.end, name="by_hand_end"),
]
