"""Addresses of the frame's own pages."""

from django.urls import path

from azukari.web.views import consultations, dispatch, handover, home, ledger, people, why, workshop

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
    path("handovers/", handover.everything, name="handovers"),
    path("handovers/propose/", handover.propose, name="handover_propose"),
    path("handovers/media/", handover.media, name="handover_media"),
    path("handovers/ours/", handover.theirs, name="their_handovers"),
    path("handovers/ours/<int:key>/", handover.say, name="handover_say"),
    path("handovers/<int:key>/", handover.one, name="handover"),
    path("handovers/<int:key>/slip.pdf", handover.paper, {"what": "slip"}, name="handover_slip"),
    path("handovers/<int:key>/erasure.pdf", handover.paper, {"what": "erasure"}, name="handover_erasure"),
    path("handovers/<int:key>/<slug:step>/", handover.act, name="handover_act"),
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
