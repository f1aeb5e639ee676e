"""A page as a reader meets it: title, headings, links, answers. Tests ask this, not the markup."""

from typing import Any, Self
from urllib.parse import parse_qsl, urlsplit

from bs4 import BeautifulSoup, Tag
from django.test import Client


class Page:
    """The HTML of one response."""

    def __init__(self, response: Any) -> None:
        self.response = response
        self.soup = BeautifulSoup(response.content, "html.parser")

    @classmethod
    def at(cls, address: str, client: Client | None = None, **headers: str) -> Self:
        """The page at an address, which has to be its own: no redirect."""
        response = (client or Client()).get(address, headers=headers)
        assert response.status_code == 200, f"{address}: {response.status_code} {response.headers.get('Location', '')}"
        return cls(response)

    @property
    def address(self) -> str:
        return self.response.wsgi_request.get_full_path()

    @property
    def title(self) -> str:
        return self._words(self.soup.title)

    @property
    def heading(self) -> str:
        (heading,) = self.soup.find_all("h1")
        return self._words(heading)

    def text(self, selector: str = "main") -> str:
        return " ".join(self._words(each) for each in self.soup.select(selector))

    def links(self, selector: str = "main") -> dict[str, str]:
        """Words and address of each link within."""
        return {self._words(a): str(a["href"]) for a in self.soup.select(f"{selector} a[href]")}

    def attributes(self, selector: str, name: str) -> list[str]:
        return [str(each[name]) for each in self.soup.select(selector) if each.has_attr(name)]

    @staticmethod
    def _words(tag: Tag | None) -> str:
        return " ".join(tag.get_text(" ").split()) if tag else ""


class WizardPage(Page):
    """A page of the wizard."""

    @property
    def choices(self) -> dict[str, str]:
        """The address that each choice leads to, by the choice's key."""
        page = self.address.partition("?")[0].split("/")[3]
        leads = {}
        for href in self.attributes("a.choice", "href"):
            answers = dict(parse_qsl(urlsplit(href).query))
            leads[answers[page or next(iter(answers))]] = href  # the first page's answer comes first
        return leads

    def choose(self, key: str) -> Self:
        """The page after a click on a choice."""
        return type(self).at(self.choices[key])

    @property
    def notes(self) -> dict[str, str]:
        """What stands beside a choice, by its words."""
        noted = self.soup.select("a.choice:has(.choice__note)")
        return {self._words(a.select_one(".choice__label")): self._words(a.select_one(".choice__note")) for a in noted}

    @property
    def back(self) -> str | None:
        return next(iter(self.attributes(".back a", "href")), None)

    @property
    def onward(self) -> str | None:
        return next(iter(self.attributes(".onward a", "href")), None)

    @property
    def changes(self) -> dict[str, str]:
        """Where each answer given so far can be changed, by its question."""
        rows = self.soup.select(".answers__row")
        return {self._words(row.dt): str(row.select_one(".answers__change a")["href"]) for row in rows}

    @property
    def answers(self) -> dict[str, str]:
        return {self._words(row.dt): self._words(row.dd) for row in self.soup.select(".answers__row")}
