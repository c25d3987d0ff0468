"""Every address of the residents' server."""

from django.urls import URLPattern, URLResolver, include, path

urlpatterns: list[URLPattern | URLResolver] = [path("", include("azukari.business.hotstay.public.urls"))]
handler400 = "azukari.business.hotstay.public.views.errors.bad_request"
handler403 = "azukari.business.hotstay.public.views.errors.forbidden"
handler404 = "azukari.business.hotstay.public.views.errors.absent"
handler500 = "azukari.business.hotstay.public.views.errors.broken"
