"""What a browser would send back from a page of the editors' desk."""

from html.parser import HTMLParser
from typing import Any


class _Fields(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.sent: dict[str, str] = {}
        self.area = self.menu = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        has = {name: value or "" for name, value in attrs}
        match tag:
            case "input" if has.get("type") in ("radio", "checkbox"):
                if "checked" in has:
                    self.sent[has["name"]] = has.get("value", "on")
            case "input" if "name" in has:
                self.sent[has["name"]] = has.get("value", "")
            case "textarea":
                self.area = has["name"]
                self.sent[self.area] = ""
            case "select":
                self.menu = has.get("name", "")
            case "option" if self.menu and ("selected" in has or self.menu not in self.sent):
                self.sent[self.menu] = has.get("value", "")

    def handle_endtag(self, tag: str) -> None:
        if tag == "textarea":
            self.area = ""
        if tag == "select":
            self.menu = ""

    def handle_data(self, data: str) -> None:
        if self.area:
            self.sent[self.area] += data


def typed(page: Any) -> dict[str, str]:
    """All fields of a page as they stand there, by name."""
    fields = _Fields()
    fields.feed(page.content.decode())
    return {name: words.removeprefix("\r\n").removeprefix("\n") for name, words in fields.sent.items()}
