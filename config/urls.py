"""Every address of Baton."""

from django.conf import settings
from django.contrib import admin
from django.urls import include, path
from drf_spectacular.views import SpectacularAPIView

from accounts.views import SignIn, density, first_administrator, invitation
from capture.hooks import receiving
from capture.views import library
from config import views
from config.design.components import components
from leads.views.address import confirm_address
from leads.views.preferences import preferences
from nurture.views.clicks import follow

urlpatterns = [
    path("api/v1/", include("capture.api.urls")),  # asked more often than all others, so it is found first
    path("w/", include("capture.tracking.urls")),
    path("v1/", include("capture.segment.urls")),
    path("", views.home, name="home"),
    path("density/", density, name="density"),
    path("help/", include("config.help.urls")),
    path("first-steps/", include("config.home.urls")),
    path("demonstration/", include("config.demo.urls")),
    path("demonstration/", views.demonstration, name="demonstration"),
    path("livez", views.livez, name="livez"),
    path("readyz", views.readyz, name="readyz"),
    path("accounts/email/", views.closed),  # an administrator changes the address somebody signs in with
    path("accounts/3rdparty/", views.closed),  # who an account of elsewhere is, its address says
    path("accounts/3rdparty/signup/", views.closed),
    path("accounts/login/", SignIn.as_view()),
    path("accounts/", include("allauth.urls")),
    path("setup/", first_administrator, name="setup"),
    path("forms/", include("capture.web_forms.urls")),
    path("f/", include("capture.web_forms.public_urls")),
    path("channels/", include("capture.channel_rules.urls")),
    path("fields/", include("leads.custom_fields.urls")),
    path("tasks/", include("leads.lead_tasks.urls")),
    path("leads/imports/", include("capture.urls")),
    path("machines/", include("capture.machine_urls")),
    path("touches/", include("capture.touches.urls")),
    path("leads/", include("leads.urls")),
    path("companies/", include("leads.company_urls")),
    path("h/<str:key>", receiving.receive, name="hook"),
    path("connect/hooks/", include("capture.hooks.urls")),
    path("exports/", include("leads.exporting.urls")),
    path("connect/", include("capture.sites.urls")),
    path("content/", include("leads.content.urls")),
    path("r/", library.resource_centre, name="resources"),
    path("r/<uuid:public_id>/", library.resource, name="resource"),
    path("d/<str:token>", library.delivery, name="delivery"),
    path("m/<str:token>/<int:number>", follow, name="mail_click"),
    path("privacy/", include("leads.privacy.urls")),
    path("address/<slug:digest>/<str:token>", confirm_address, name="confirm_address"),
    path("preferences/<str:token>", preferences, name="preferences"),
    path("criteria/", include("scoring.urls")),
    path("queue/", include("handoff.urls")),
    path("segments/", include("nurture.urls")),
    path("sequences/", include("nurture.sequence_urls")),
    path("mails/", include("nurture.mails.urls")),
    path("people/", include("handoff.people.urls")),
    path("keys/", include("accounts.key_urls")),
    path("standstill/", include("accounts.standstill.urls")),
    path("invitation/<str:link>", invitation, name="invitation"),
    path("notices/", include("outbox.urls")),
    path("reports/", include("reporting.urls")),
    path("api/v1/", include("leads.api.urls")),
    path("api/v1/", include("nurture.api.urls")),
    path("api/v1/", include("reporting.api.urls")),
    path("api/v1/schema", SpectacularAPIView.as_view(authentication_classes=[], permission_classes=[]), name="schema"),
    path("admin/login/", views.admin_login),
    path("admin/", admin.site.urls),
]

handler400 = views.bad_request
handler404 = views.not_found
handler500 = views.server_error

if settings.DEBUG:
    urlpatterns.append(path("design/components/", components, name="components"))
