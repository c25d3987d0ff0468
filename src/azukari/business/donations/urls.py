"""Addresses of the business. No personal item ever stands in one."""

from django.urls import path

from azukari.business.donations import acts, entering, previewing, sending, views

app_name = "donations"
urlpatterns = [
    path("", views.year, name="year"),
    path("list/", views.find, name="list"),
    path("donation/<int:key>/", views.donation, name="donation"),
    path("intention/<int:key>/", views.intention, name="intention"),
    path("donation/<int:key>/papers/", previewing.papers, {"letter": "K"}, name="donation_papers"),
    path("intention/<int:key>/papers/", previewing.papers, {"letter": "M"}, name="intention_papers"),
    path("<slug:letter>/<int:key>/papers/<slug:name>.png", previewing.picture, name="letter_picture"),
    path("donation/<int:key>/settle/", acts.settle, name="settle"),
    path("donation/<int:key>/end/", acts.end, {"letter": "K"}, name="end_donation"),
    path("intention/<int:key>/end/", acts.end, {"letter": "M"}, name="end_intention"),
    path("donation/<int:key>/out/", acts.take_out, {"letter": "K"}, name="out_donation"),
    path("intention/<int:key>/out/", acts.take_out, {"letter": "M"}, name="out_intention"),
    path("donation/<int:key>/correct/", acts.correct, {"letter": "K"}, name="correct_donation"),
    path("intention/<int:key>/correct/", acts.correct, {"letter": "M"}, name="correct_intention"),
    path("donation/<int:key>/form/", acts.form_arrived, name="form"),
    path("donation/<int:key>/change/", acts.change_arrived, name="change"),
    path("donation/<int:key>/void/", acts.void, name="void"),
    path("donation/<int:key>/told/", acts.told, name="told"),
    path("donation/<int:key>/reissue/", acts.reissue, name="reissue"),
    path("key/", entering.key_in, name="key_one"),
    path("import/", entering.upload, name="import"),
    path("batches/", sending.batches, name="batches"),
    path("batches/<int:key>/", sending.batch, name="batch_of_letters"),
]
