"""Addresses of the frame's own pages."""

from django.urls import path

from azukari.web.views import consultations, dispatch, home, ledger, people, why, workshop

app_name = "web"
urlpatterns = [
    path("", home.home, name="home"),
    path("consultations/", consultations.everything, name="consultations"),
    path("consultations/compare/", consultations.compare, name="compare"),
    path("consultations/<str:number>/", consultations.one, name="consultation"),
    path("why/", why.why, name="why"),
    path("ledger/", ledger.search, name="ledger"),
    path("people/", people.search, name="people"),
    path("people/<str:token>/", people.person, name="person"),
    path("me/", people.my_record, name="my_record"),
    path("me/disclosures/", people.my_disclosures, name="my_disclosures"),
    path("dispatch/", dispatch.everything, name="dispatch"),
    path("dispatch/<int:key>/", dispatch.one, name="dispatch_job"),
    path("dispatch/<int:key>/<slug:what>/", dispatch.act, name="dispatch_act"),
    path("workshop/", workshop.today, name="workshop"),
    path("workshop/<int:key>/", workshop.bench, name="bench"),
    path("workshop/<int:key>/bin/", workshop.waste, name="waste"),
    path("workshop/<int:key>/<slug:what>/", workshop.act, name="bench_act"),
]
