"""Bundled content goes live once, and again when it changes, but never over an editor's work."""

from dataclasses import dataclass
from datetime import date, datetime, time
from enum import StrEnum
from pathlib import Path
from typing import Any

import frontmatter
import yaml
from django.utils import timezone

from helpcenter.domain.findings import Finding, Refused
from helpcenter.domain.versions import Significance
from helpcenter.publishing.models import Document, Revision
from helpcenter.publishing.verbs import publish
from helpcenter.publishing.wording import sentence


class Loaded(StrEnum):
    """What the loader did with one document."""

    FIRST = "published its first version"
    UPDATED = "published a new version"
    UNCHANGED = "unchanged"
    KEPT = "kept the editors' version, the bundled one differs"
    RETIRED = "kept retired, as the editors left it"


class BundleError(Exception):
    """A bundled file cannot go live. One line for each reason: file, line, what is wrong."""


@dataclass(frozen=True, slots=True)
class BundledFile:
    """A file of the bundled content: the body that it says, its note, and the day since when it holds."""

    path: Path
    body: dict[str, Any]
    note: str
    since: date

    @classmethod
    def read(cls, path: Path) -> "BundledFile":
        """A `.md` with front matter or a `.yaml`. Raises BundleError with file and line."""
        try:
            if path.suffix == ".md":
                post = frontmatter.load(str(path))
                body = {**post.metadata, "text": post.content}
            else:
                body = read_yaml(path)
            note, since = str(body.pop("note")), body.pop("since")
            if not isinstance(since, date):
                raise TypeError("since is not a day")
        except yaml.MarkedYAMLError as error:
            line = error.problem_mark.line + 1 if error.problem_mark else 1
            raise BundleError(f"{path.name}:{line}: {error.problem}") from error
        except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
            raise BundleError(f"{path.name}:1: {error}") from error
        except (KeyError, TypeError, AttributeError) as error:
            raise BundleError(f"{path.name}:1: note and since are needed at the top ({error})") from error
        return cls(path, _plain(body), note, since)

    def line_of(self, finding: Finding) -> int:
        """The line that a finding is about, as well as it can be told: where its details or its field first stand."""
        lines = self.path.read_text(encoding="utf-8").splitlines()
        wanted = [*finding.details.values(), *reversed(finding.where.split("."))]
        return next((number for word in wanted if word for number, line in enumerate(lines, 1) if word in line), 1)


def read_yaml(path: Path) -> Any:
    """What a bundled YAML file says. Raises BundleError with file and line."""
    try:
        return yaml.safe_load(path.read_text(encoding="utf-8"))
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        raise BundleError(f"{path.name}:{line}: {error.problem}") from error
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        raise BundleError(f"{path.name}:1: {error}") from error


def load(document: Document, bundled: BundledFile, *, now: datetime) -> Loaded:
    """Bring one bundled file before readers, if it is new or changed and no editor has taken the document over."""
    changes = document.live_changes.select_related("revision")
    newest = changes.order_by("-at").first()
    if newest is None:
        at, done = timezone.make_aware(datetime.combine(bundled.since, time.min)), Loaded.FIRST
    elif newest.by is not None:
        if newest.revision is None:
            return Loaded.RETIRED
        return Loaded.UNCHANGED if newest.revision.body == bundled.body else Loaded.KEPT
    elif newest.revision is not None and newest.revision.body == bundled.body:
        return Loaded.UNCHANGED
    else:
        at, done = now, Loaded.UPDATED
    revision = Revision.objects.create(document=document, body=bundled.body)
    try:
        publish(revision, by=None, note=bundled.note, significance=Significance.CONTENT, at=min(at, now), now=now)
    except Refused as refused:
        raise BundleError(
            "\n".join(f"{bundled.path.name}:{bundled.line_of(f)}: {sentence(f)}" for f in refused.findings)
        ) from refused
    return done


def _plain(value: Any) -> Any:
    """What JSON keeps: days as text."""
    match value:
        case dict():
            return {str(key): _plain(inner) for key, inner in value.items()}
        case list():
            return [_plain(inner) for inner in value]
        case date():
            return value.isoformat()
        case _:
            return value
