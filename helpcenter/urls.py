"""Every address of the site. docs/architecture.md says which room answers which."""

from django.conf import settings
from django.conf.urls.i18n import i18n_patterns
from django.contrib import admin
from django.urls import include, path
from django.views.static import serve

from articles import feeds
from articles import views as articles
from helpcenter.api.views import api
from helpcenter.delivery.metrics import metrics
from helpcenter.delivery.reports import reports
from helpcenter.home import machines
from helpcenter.home import views as home

urlpatterns = [
    path("", home.choose_language),
    path("metrics", metrics, name="metrics"),
    # WhiteNoise knows the files that were there when the process began. Beside it, a newer one may have brought others.
    path("static/<path:path>", serve, {"document_root": settings.STATIC_ROOT}),
    path("reports/", reports, name="reports"),
    path("robots.txt", machines.robots),
    path("sitemap.xml", machines.sitemap, name="sitemap"),
    path("sitemap-pages.xml", machines.sitemap_pages, name="sitemap-pages"),
    path("sitemap-<int:block>.xml", machines.sitemap_block, name="sitemap-block"),
    path("llms.txt", machines.llms),
    path(".well-known/security.txt", machines.security),
    path("pictures/<slug:digest>.webp", articles.picture, name="picture"),
    path("shared/<str:token>/", articles.shared, name="shared"),
    path("api/", api.urls),
    path("admin/account/", include("helpcenter.accounts.urls")),
    path("admin/", admin.site.urls),
    *i18n_patterns(
        path("", home.home, name="home"),
        path("busy/", home.busy),
        path("changes.atom", feeds.of_language, name="changes"),
        path("articles/", include("articles.urls")),
        path("wizard/", include("helpcenter.wizard.urls")),
        path("refund/", include("helpcenter.refunds.urls")),
        path("feedback/", include("helpcenter.feedback.urls")),
        path("search/", include("helpcenter.search.urls")),
    ),
]

handler400 = "helpcenter.home.views.bad_request"
handler403 = "helpcenter.home.views.not_allowed"
handler404 = "helpcenter.home.views.not_found"
handler500 = "helpcenter.home.views.server_error"
