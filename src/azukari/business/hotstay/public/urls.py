"""Addresses of the residents' pages."""

from django.urls import path, register_converter
from django.urls.converters import IntConverter

from azukari.business.hotstay.public.views import arriving, booking, days, entry, feed, home, waiting


class KeyConverter(IntConverter):
    """A number that the database can hold; a longer one is an address that is not there."""

    regex = "[0-9]{1,18}"


register_converter(KeyConverter, "key")
app_name = "hotstay_public"
urlpatterns = [
    path("", home.home, name="home"),
    path("sign-in/", entry.sign_in, name="sign_in"),
    path("sign-out/", entry.sign_out, name="sign_out"),
    path("password/", entry.password, name="password"),
    path("settings/", entry.preferences, name="settings"),
    path("settings/others/", entry.leave_others, name="leave_others"),
    path("settings/feed/", entry.feed_address, name="feed_address"),
    path("days/", days.month, name="month"),
    path("days/<str:day>/", days.one_day, name="day"),
    path("stays/", booking.everything, name="stays"),
    path("stays/confirm/", booking.confirm, name="confirm"),
    path("stays/book/", booking.book, name="book"),
    path("stays/done/<uuid:submit>/", booking.done, name="done"),
    path("stays/<key:booking>/", booking.one, name="stay"),
    path("stays/<key:booking>/cancel/", booking.cancel, name="cancel"),
    path("stays/<key:booking>/change/", booking.change, name="change"),
    path("waiting/", waiting.everything, name="waiting"),
    path("waiting/new/", waiting.wait, name="wait"),
    path("waiting/<key:group>/leave/", waiting.leave, name="leave_waiting"),
    path("arrive/<str:code>/", arriving.arrive, name="arrive"),
    path("calendar/<str:token>.ics", feed.feed, name="feed"),
]
