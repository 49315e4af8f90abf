"""The tracking page in Django: its ORM on psycopg, its templates, served over WSGI."""

import os
from pathlib import Path

import django
from django.conf import settings
from django.core.wsgi import get_wsgi_application
from django.db import models
from django.db.models import Max
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import path

from tests.bench.plain.site import SITE, STATUSES

settings.configure(
    DEBUG=False,
    SECRET_KEY=os.urandom(32).hex(),
    ALLOWED_HOSTS=["*"],
    ROOT_URLCONF=__name__,
    DATABASES={
        "default": {
            "ENGINE": "django.db.backends.postgresql",
            "NAME": os.environ["PLAIN_DATABASE"],
            "USER": os.environ["PLAIN_USER"],
            "PASSWORD": os.environ["PLAIN_PASSWORD"],
            "HOST": os.environ["PLAIN_HOST"],
            "CONN_MAX_AGE": None,
        }
    },
    INSTALLED_APPS=["django.contrib.staticfiles", "tests.bench.plain"],
    MIDDLEWARE=[
        "django.middleware.security.SecurityMiddleware",
        "django.middleware.common.CommonMiddleware",
        "django.middleware.clickjacking.XFrameOptionsMiddleware",
    ],
    TEMPLATES=[
        {
            "BACKEND": "django.template.backends.django.DjangoTemplates",
            "DIRS": [Path(__file__).parent / "templates" / "django"],
        }
    ],
    STATIC_URL="/static/",
    TIME_ZONE="Asia/Ho_Chi_Minh",
    USE_TZ=True,
    LOGGING={
        "version": 1,
        "disable_existing_loggers": False,
        "handlers": {"console": {"class": "logging.StreamHandler"}},
        "root": {"handlers": ["console"], "level": "ERROR"},
    },
)
django.setup()


class Dossier(models.Model):
    """A dossier."""

    id = models.UUIDField(primary_key=True)
    code = models.TextField(unique=True)
    status = models.SmallIntegerField()
    due_at = models.DateTimeField(null=True)

    class Meta:
        app_label = "plain"
        db_table = "dossier"
        managed = False


class Progress(models.Model):
    """One step of its way."""

    id = models.UUIDField(primary_key=True)
    dossier = models.ForeignKey(Dossier, models.PROTECT, related_name="progress")
    at = models.DateTimeField()

    class Meta:
        app_label = "plain"
        db_table = "progress"
        managed = False


def show_tracking(request: HttpRequest, code: str) -> HttpResponse:
    """The page."""
    dossiers = Dossier.objects.only("code", "status", "due_at")
    dossier = get_object_or_404(dossiers.annotate(changed_at=Max("progress__at")), code=code)
    words, kind = STATUSES[dossier.status]
    context = {"site": SITE, "dossier": dossier, "status": words, "status_kind": kind}
    return render(request, "tracking.html", context)


urlpatterns = [path("tra-cuu/<str:code>", show_tracking)]
application = get_wsgi_application()
