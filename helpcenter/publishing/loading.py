"""Bundled content goes live once, and again when it changes, but never over an editor's work."""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time
from enum import StrEnum
from pathlib import Path
from typing import Any

import frontmatter
import yaml
from django.conf import settings
from django.utils import timezone
from frontmatter.default_handlers import YAMLHandler

from helpcenter.domain.findings import Finding, Refused, errors
from helpcenter.publishing import checks
from helpcenter.publishing.models import Document, Revision
from helpcenter.publishing.verbs import bring
from helpcenter.publishing.wording import sentence


class Loaded(StrEnum):
    """What the loader did with one document."""

    FIRST = "published its first version"
    UPDATED = "published a new version"
    UNCHANGED = "unchanged"
    KEPT = "kept the editors' version, the bundled one differs"
    RETIRED = "kept retired, as the editors left it"


def named(path: Path) -> str:
    """A bundled file as messages name it: en/plans.md."""
    return path.relative_to(settings.CONTENT_DIR).as_posix()


class BundleError(Exception):
    """A bundled file cannot go live. One line for each reason: file, line, what is wrong."""


class _EachKeyOnce(yaml.SafeLoader):
    """YAML in which a key stands once. PyYAML keeps the last of two silently, and half of what was written is lost."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:
        seen = set()
        for key, _ in node.value:
            if key.value in seen:
                raise yaml.MarkedYAMLError(problem=f"{key.value} stands twice", problem_mark=key.start_mark)
            seen.add(key.value)
        return super().construct_mapping(node, deep)


class _FrontMatter(YAMLHandler):
    """Front matter in which a key stands once."""

    def load(self, fm: str, **_: Any) -> Any:
        return yaml.load(fm, Loader=_EachKeyOnce)  # noqa: S506 (a SafeLoader)


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
                post = frontmatter.load(str(path), handler=_FrontMatter())
                body = {**post.metadata, "text": post.content}
            else:
                body = _in_every_language(path)
            note, since = str(body.pop("note")), body.pop("since")
            if not isinstance(since, date):
                raise TypeError("since is not a day")
        except yaml.MarkedYAMLError as error:
            line = error.problem_mark.line + 1 if error.problem_mark else 1
            raise BundleError(f"{named(path)}:{line}: {error.problem}") from error
        except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
            raise BundleError(f"{named(path)}:1: {error}") from error
        except (KeyError, TypeError, AttributeError) as error:
            raise BundleError(f"{named(path)}:1: note and since are needed at the top ({error})") from error
        return cls(path, _plain(body), note, since)

    @property
    def name(self) -> str:
        """Where the file lies in the bundle: en/plans.md."""
        return named(self.path)

    def line_of(self, finding: Finding) -> int:
        """The line that a finding is about, as well as it can be told: where its details or its field first stand."""
        lines = self.path.read_text(encoding="utf-8").splitlines()
        wanted = [*finding.details.values(), *reversed(finding.where.split("."))]
        return next((number for word in wanted if word for number, line in enumerate(lines, 1) if word in line), 1)


def _in_every_language(path: Path) -> Any:
    """What a bundled YAML file says, with the words that a language has in its own folder: zh-hans/flow.yaml."""
    body = read_yaml(path)
    for language, _name in settings.LANGUAGES:
        words = path.parent / language / path.name
        if words.exists():
            try:
                body = _with_words(body, read_yaml(words), language)
            except (KeyError, IndexError, TypeError) as error:
                raise BundleError(f"{named(words)}:1: {path.name} has no place for {error}") from error
    return body


def _with_words(value: Any, words: Any, language: str) -> Any:
    """A value in which texts by language have one language more: `words` is shaped like it, down to the texts."""
    match value, words:
        case dict(), str():
            return {**value, language: words}
        case dict(), dict():
            return {**value, **{key: _with_words(value[key], inner, language) for key, inner in words.items()}}
        case list(), list():
            added = dict(enumerate(_with_words(value[place], inner, language) for place, inner in enumerate(words)))
            return [added.get(place, inner) for place, inner in enumerate(value)]
        case _:
            raise TypeError(words)


def read_yaml(path: Path) -> Any:
    """What a bundled YAML file says. Raises BundleError with file and line."""
    try:
        return yaml.load(path.read_text(encoding="utf-8"), Loader=_EachKeyOnce)  # noqa: S506 (a SafeLoader)
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        raise BundleError(f"{named(path)}:{line}: {error.problem}") from error
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        raise BundleError(f"{named(path)}:1: {error}") from error


@dataclass(frozen=True, slots=True)
class Brought:
    """A bundled file, its document, and what the loader did."""

    file: BundledFile
    document: Document
    outcome: Loaded


def load(
    document: Document, bundled: BundledFile, *, now: datetime, translated_from: Revision | None = None
) -> Brought:
    """Bring one bundled file before readers, if it is new or changed and no editor has taken the document over."""
    return Brought(bundled, document, _load(document, bundled, now, translated_from))


def check_together(all_brought: Iterable[Brought], now: datetime) -> None:
    """Raise BundleError for everything that is wrong with what was brought, each file beside all others.

    Only then: a fact that goes away and the texts that no longer insert it are right together, in no order one by one.
    """
    problems = [
        f"{brought.file.name}:{brought.file.line_of(finding)}: {sentence(finding)}"
        for brought in all_brought
        if brought.outcome in (Loaded.FIRST, Loaded.UPDATED)
        for finding in _errors(brought, now)
    ]
    if problems:
        raise BundleError("\n".join(problems))


def _errors(brought: Brought, now: datetime) -> tuple[Finding, ...]:
    try:
        return errors(checks.check(brought.document, brought.file.body, now))
    except Refused:
        return ()  # something beside it cannot be read; that one's own check says so


def _load(document: Document, bundled: BundledFile, now: datetime, translated_from: Revision | None) -> Loaded:
    newest = document.live_changes.select_related("revision").order_by("-at").first()
    if newest is None:
        since = timezone.make_aware(datetime.combine(bundled.since, time.min))
        bring(document, bundled.body, note=bundled.note, at=min(since, now), now=now, translated_from=translated_from)
        return Loaded.FIRST
    if newest.revision is None and newest.by:
        return Loaded.RETIRED
    if newest.revision and json.dumps(newest.revision.body) == json.dumps(bundled.body):  # in the same order, too
        return Loaded.UNCHANGED
    if newest.by:
        return Loaded.KEPT
    bring(document, bundled.body, note=bundled.note, at=now, now=now, translated_from=translated_from)
    return Loaded.UPDATED


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
