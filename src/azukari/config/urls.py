"""Every address of the system, one line a package."""

from django.urls import URLPattern, URLResolver, include, path

urlpatterns: list[URLPattern | URLResolver] = [
    path("", include("azukari.web.urls")),
    path("", include("azukari.web.signin.urls")),
    path("donations/", include("azukari.business.donations.urls")),
    path("health/ceremonies/", include("azukari.business.health.analysis.urls")),
    path("health/effect/", include("azukari.business.health.effect.urls")),
    path("health/persons/", include("azukari.business.health.persons.urls")),
    path("health/", include("azukari.business.health.urls")),
    path("hotstay/", include("azukari.business.hotstay.urls")),
    path("taxi/", include("azukari.business.taxi.urls")),
]
handler400 = "azukari.web.views.errors.bad_request"
handler403 = "azukari.web.views.errors.forbidden"
handler404 = "azukari.web.views.errors.absent"
handler500 = "azukari.web.views.errors.broken"
