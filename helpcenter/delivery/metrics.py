"""For Prometheus: what the process has counted, and how the content, the backups and the replica stand.

Whoever asks brings `METRICS_TOKEN`; without that setting there is nothing here. Not a port of its own: while a worker
is replaced there are two, and one could not open it.
"""

from collections.abc import Iterator
from http import HTTPStatus

from django.conf import settings
from django.db import DatabaseError
from django.db.models import Max
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.crypto import constant_time_compare
from django.views.decorators.cache import never_cache
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from helpcenter.delivery.models import Epoch
from helpcenter.operations import readonly
from helpcenter.operations.backups import last_backup
from helpcenter.operations.metrics import REGISTRY
from helpcenter.operations.replication import seconds_behind
from helpcenter.publishing.models import LiveChange


@never_cache
def metrics(request: HttpRequest) -> HttpResponse:
    """All of them, to whoever knows the token."""
    if not settings.METRICS_TOKEN:
        return HttpResponse("not found\n", status=HTTPStatus.NOT_FOUND, content_type="text/plain")
    if not constant_time_compare(request.headers.get("Authorization", ""), f"Bearer {settings.METRICS_TOKEN}"):
        asking = {"WWW-Authenticate": "Bearer"}
        return HttpResponse(status=HTTPStatus.UNAUTHORIZED, content_type="text/plain", headers=asking)
    return HttpResponse(generate_latest(REGISTRY), content_type=CONTENT_TYPE_LATEST)


class Standing(Collector):
    """What is looked up when somebody asks: in the database and in DATA_DIR."""

    def collect(self) -> Iterator[Metric]:
        """What there is; what is not known is not said."""
        now = timezone.now()
        try:
            moves = Epoch.current()
            newest = LiveChange.objects.filter(at__lte=now).aggregate(at=Max("at"))["at"]
            plans = LiveChange.objects.filter(at__gt=now).count()
        except DatabaseError:
            yield GaugeMetricFamily("helpcenter_database_up", "Whether the database answers.", 0)
        else:
            yield GaugeMetricFamily("helpcenter_database_up", "Whether the database answers.", 1)
            yield CounterMetricFamily("helpcenter_epoch_moves", "How often what readers see has changed.", moves)
            yield GaugeMetricFamily("helpcenter_plans", "Live changes that are still to come.", plans)
            if newest:
                said = "When what readers see changed last, planned changes among it."
                yield GaugeMetricFamily("helpcenter_last_change_timestamp_seconds", said, newest.timestamp())
        said = "Whether the site is read-only, on purpose."
        yield GaugeMetricFamily("helpcenter_read_only", said, int(readonly.ends(now) is not None))
        if (made := last_backup(settings.DATA_DIR)) is not None:
            said = "When the last backup was made on this machine."
            yield GaugeMetricFamily("helpcenter_last_backup_timestamp_seconds", said, made)
        if (behind := seconds_behind(settings.DATA_DIR)) is not None:
            said = "How much older the newest in the replica is than the newest in the database."
            yield GaugeMetricFamily("helpcenter_replica_behind_seconds", said, behind)


REGISTRY.register(Standing())
