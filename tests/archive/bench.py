"""How long the whole content takes to leave and to come back, and whether it is the same: `make bench-archive`."""

import os
import sys
import tempfile
import time
from pathlib import Path

ARTICLES, VERSIONS = 1000, 5


def main() -> None:
    with tempfile.TemporaryDirectory() as home:
        os.environ |= {"DATA_DIR": f"{home}/one", "DATABASE_URL": "", "DJANGO_SETTINGS_MODULE": "helpcenter.settings"}
        del os.environ["DATABASE_URL"]
        import django

        django.setup()
        from django.core.management import call_command
        from django.db import connection

        from helpcenter.archive.exporting import export
        from helpcenter.archive.importing import read, write

        call_command("migrate", verbosity=0)
        generate()
        first, second = Path(home, "first"), Path(home, "second")
        began = time.perf_counter()
        export(first)
        connection.close()
        Path(home, "one", "db.sqlite3").rename(f"{home}/one/before.sqlite3")
        call_command("migrate", verbosity=0)
        write(read(first))
        export(second)
        took = time.perf_counter() - began
        same = all(path.read_bytes() == (second / path.relative_to(first)).read_bytes() for path in files(first))
        same = same and len(files(first)) == len(files(second))
        sizes = f"{ARTICLES} articles, {ARTICLES * VERSIONS} versions, {len(files(first))} files"
        sys.stdout.write(f"{sizes}: {took:.1f} s, same: {same}\n")
        sys.exit(not same)


def files(folder: Path) -> list[Path]:
    return [path for path in folder.rglob("*") if path.is_file()]


def generate() -> None:
    from datetime import UTC, datetime, timedelta

    from articles.models import Article, Translation
    from helpcenter.publishing.verbs import bring

    start = datetime(2026, 1, 1, tzinfo=UTC)
    words = "{{refund.images}} [there](article-1) 取消訂閱，words as they come. " * 40
    for number in range(ARTICLES):
        article = Article.objects.create(slug=f"article-{number}", topic="plans")
        text = Translation.objects.create(article=article, language="zh-hant")
        for version in range(VERSIONS):
            at = start + timedelta(days=version)
            step = {"key": "go", "title": "Go", "text": "How.", "see": "This.", "if_not": "That."}
            body = {"title": f"{number} {version}", "summary": "Short.", "steps": [step], "text": words}
            bring(text, {**body, "sources": ["x"], "checked_on": "2026-01-01"}, note="n", at=at, now=at)


if __name__ == "__main__":
    main()
