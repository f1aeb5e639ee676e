"""The site's settings, with what the benchmark compares it with."""

from helpcenter.settings import *  # noqa: F403
from helpcenter.settings import INSTALLED_APPS

INSTALLED_APPS = [*INSTALLED_APPS, "django.contrib.postgres", "modelsearch", "tests.search.bench"]
