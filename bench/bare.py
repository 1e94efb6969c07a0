"""The floor of a request: a Django view that inserts one row, on the servers and with the settings of the product.

Served by the command that serves the product, `gunicorn bench.bare:application`; there is no middleware and no API
framework, and what was sent is stored as it is.
"""

from django.conf import settings
from django.core.wsgi import get_wsgi_application
from django.db import connection
from django.http import HttpRequest, HttpResponse
from django.urls import path

from config import settings as product

settings.configure(
    **{name: getattr(product, name) for name in dir(product) if name.isupper()}
    | {"INSTALLED_APPS": [], "MIDDLEWARE": [], "TEMPLATES": [], "ROOT_URLCONF": __name__}
)


def insert(request: HttpRequest) -> HttpResponse:
    with connection.cursor() as cursor:
        cursor.execute("INSERT INTO bench_bare (received_at, raw) VALUES (now(), %s)", [request.body.decode()])
    return HttpResponse(b"{}", status=202, content_type="application/json", headers={"Content-Length": "2"})


def livez(request: HttpRequest) -> HttpResponse:
    return HttpResponse()


urlpatterns = [path("api/v1/activities", insert), path("livez", livez)]
application = get_wsgi_application()
