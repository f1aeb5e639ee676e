"""The bundled synonyms (articles/content/synonyms.yaml), for a language that has none yet. Then editors keep them."""

from django.conf import settings

from helpcenter.facts.sheets import languages
from helpcenter.publishing.loading import BundleError, read_yaml
from helpcenter.search.models import Synonym


def load_synonyms() -> int:
    """Bring the bundled synonyms of each language that has none. How many groups were brought."""
    path = settings.CONTENT_DIR / "synonyms.yaml"
    if not path.exists():
        return 0
    groups = read_yaml(path)
    if not isinstance(groups, dict) or not set(groups) <= set(languages()):
        raise BundleError("synonyms.yaml:1: lists of groups by language are needed")
    kept = set(Synonym.objects.values_list("language", flat=True))
    rows = [
        Synonym(language=code, words="\n".join(map(str, group)))
        for code, each in groups.items()
        for group in each
        if code not in kept
    ]
    return len(Synonym.objects.bulk_create(rows))
