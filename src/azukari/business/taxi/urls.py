"""Addresses of the business. No personal item ever stands in one."""

from django.urls import path

from azukari.business.taxi import answers, views, ward
from azukari.business.taxi.applying import register_views
from azukari.business.taxi.applying import views as applying

app_name = "taxi"
urlpatterns = [
    path("", ward.month, name="month"),
    path("release/<int:key>/", ward.release, name="release"),
    path("held/", ward.held, name="held"),
    path("held/<int:voucher>/", ward.one, name="one"),
    path("image/<int:voucher>/", ward.image, name="page_image"),
    path("pay/", answers.overview, name="pay"),
    path("pay/<int:key>/", answers.run, name="pay_run"),
    path("pay/answer/<int:voucher>/", answers.answer, name="answer"),
    path("check/", views.check, name="check"),
    path("check/find/", views.find, name="find"),
    path("check/<int:key>/", views.batch, name="batch"),
    path("check/<int:key>/page/", views.mark_page, name="mark_page"),
    path("check/<int:key>/paper/", views.paper, name="paper"),
    path("check/<int:key>/key/", views.key_in, name="key"),
    path("check/<int:key>/<int:voucher>/", views.mark, name="mark"),
    path("check/<int:key>/<int:voucher>/image/", views.image, name="image"),
    path("apply/", applying.apply, name="apply"),
    path("review/", applying.review, name="review"),
    path("register/", register_views.look_up, name="register"),
    path("register/stop/", register_views.stop, name="stop"),
    path("register/report/", register_views.report, name="report"),
    path("register/issue/", register_views.issue, name="issue"),
]
