"""This site with Django's own page cache instead of the layer before Django."""

from helpcenter.settings import *  # noqa: F403
from helpcenter.settings import MIDDLEWARE as OURS

MIDDLEWARE = [
    "django.middleware.cache.UpdateCacheMiddleware",
    *OURS,
    "django.middleware.cache.FetchFromCacheMiddleware",
]
CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}
