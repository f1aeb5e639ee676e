"""What the production server runs: the front layer, and behind it Django."""

import os
import sys

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "helpcenter.settings")
django = get_wsgi_application()

# Seconds after which a thread lets another on, by default ten times as many: what is remembered is answered beside
# pages that are being made.
sys.setswitchinterval(0.0005)

# Only now: they are Django's, and it has just been set up.
from django.conf import settings  # noqa: E402
from django.db.backends.signals import connection_created  # noqa: E402

from helpcenter.delivery.cdn import CDNS  # noqa: E402
from helpcenter.delivery.epoch import Bell  # noqa: E402
from helpcenter.delivery.front import Front  # noqa: E402
from helpcenter.delivery.limits import Limits  # noqa: E402
from helpcenter.delivery.warming import warm  # noqa: E402
from helpcenter.operations.database import bound  # noqa: E402

connection_created.connect(bound)

application = Front(
    django,
    Bell(settings.DATA_DIR / "bell"),
    room=settings.KEPT_MEGABYTES << 20,
    limits=Limits(settings.DATA_DIR / "limits", settings.SECRET_KEY),
    files=settings.STATIC_URL,
    cdn=CDNS.get(settings.CDN),
    https=settings.HTTPS,
)
warm(application)
