"""A content delivery network, small: keeps what it is told to keep for as long, and forgets by keys."""

from collections.abc import Collection
from dataclasses import dataclass
from time import time
from typing import Any

from helpcenter.delivery.cdn import Cdn
from tests.delivery.asking import Answered, ask


@dataclass
class _Kept:
    answer: Answered
    at: float


class Edge:
    """One node of it before the site. `hits` are the addresses that it answered by itself."""

    def __init__(self, origin: Any, cdn: Cdn) -> None:
        self.origin, self.cdn = origin, cdn
        self.kept: dict[str, _Kept] = {}
        self.hits: list[str] = []

    def ask(self, address: str) -> Answered:
        kept = self.kept.get(address)
        if kept is None:
            return self._fetch(address)
        age, told = time() - kept.at, self._told(kept.answer)
        if age < told.get("max-age", 0):
            self.hits.append(address)
            return kept.answer
        if age < told.get("max-age", 0) + told.get("stale-while-revalidate", 0):
            self._fetch(address, kept)  # meanwhile
            self.hits.append(address)
            return kept.answer
        return self._fetch(address, kept)

    def purge(self, keys: Collection[str]) -> None:
        wanted = set(keys)
        self.kept = {each: kept for each, kept in self.kept.items() if wanted.isdisjoint(self.keys_of(each))}

    def keys_of(self, address: str) -> set[str]:
        return set(self.kept[address].answer.headers.get(self.cdn.keys.lower(), "").split(self.cdn.between))

    def _fetch(self, address: str, kept: _Kept | None = None) -> Answered:
        tag = kept.answer.headers.get("etag") if kept else None
        asked_at = time()
        answer = ask(self.origin, address, **({"if_none_match": tag} if tag else {}))
        if answer.status == 304:
            answer = Answered(kept.answer.status, kept.answer.headers | answer.headers, kept.answer.body)
        self.kept.pop(address, None)
        if "no-store" not in self._told(answer):
            self.kept[address] = _Kept(answer, asked_at)
        return answer

    def _told(self, answer: Answered) -> dict[str, int]:
        header = answer.headers.get(self.cdn.lifetime.lower()) or answer.headers.get("cache-control", "no-store")
        parts = (part.strip().partition("=") for part in header.split(","))
        return {name: int(value or 0) for name, _is, value in parts}
