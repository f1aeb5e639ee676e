"""A judge of the HTML that readers get: it parses as browsers do, and shares nothing with what cleans it.

Its lists are its own, on purpose: what is let through one day in `articles/markdown.py` is a fault here until somebody
has said so twice.
"""

import re
from collections.abc import Iterator
from typing import Any

import html5lib

HERE = "guide.example"

ANYTHING = "(?s).*"
WRITTEN: dict[str, dict[str, str]] = {
    **{tag: {} for tag in ("p", "br", "hr", "strong", "em", "code", "pre", "blockquote", "ul", "li", "table")},
    **{tag: {} for tag in ("thead", "tbody", "tr")},
    **{tag: {"id": ANYTHING} for tag in ("h2", "h3", "h4")},
    **{tag: {"align": "left|right|center"} for tag in ("th", "td")},
    "ol": {"start": r"\d{1,9}"},
    "a": {"href": ANYTHING},
}
"""What an article consists of, and what its attributes may say."""
SHOWN = WRITTEN | {
    "a": {"href": ANYTHING, "rel": "external noopener", "class": "heading__link", "aria-label": ANYTHING},
    "b": {"class": "label", "lang": "en"},
    "code": {"class": "command"},
    "div": {"class": "heading"},
}
"""With what facts and headings bring along."""

SAFE = ("https", "mailto", "here")
"""What a link may ask a browser to open."""


def faults(html: str, allowed: dict[str, dict[str, str]]) -> Iterator[str]:
    """Whatever stands in a piece of HTML, as a browser reads it, that is not allowed."""
    root = html5lib.parseFragment(html, treebuilder="etree", namespaceHTMLElements=False)
    for element in root.iter():
        if not isinstance(element.tag, str):
            yield f"a comment: {element.text}"
            continue
        if element is root:
            continue
        may = allowed.get(element.tag)
        if may is None:
            yield f"an element: {element.tag}"
            continue
        for name, value in element.attrib.items():
            if name not in may or not re.fullmatch(may[name], value):
                yield f"an attribute: {element.tag} {name}={value!r}"
            if name == "href" and destination(value)[0] not in (*SAFE, "//"):
                yield f"a scheme: {value!r}"


def leads_wrong(html: str) -> Iterator[str]:
    """Each link of a page that leads to another place than readers are told, or to none that browsers open safely."""
    root = html5lib.parseFragment(html, treebuilder="etree", namespaceHTMLElements=False)
    for link in root.iter("a"):
        if "href" in link.attrib:
            scheme, host = destination(link.get("href"))
            yield from wrong(link.get("href"), scheme, host, "".join(link.itertext()), link.tail or "")


def wrong(href: str, scheme: str, host: str, said: str, behind: str) -> Iterator[str]:
    """What is wrong with where a link leads, by its own words and those behind it."""
    host = host.removeprefix("www.")
    if scheme not in SAFE:
        yield f"a scheme: {href!r}"
    elif scheme == "https" and host not in said.lower() and not behind.lower().startswith(f" ({host})"):
        yield f"a host that nobody names: {href!r}"


def destination(href: str) -> tuple[str, str]:
    """Scheme and host of an address as browsers understand it (URL standard); "here" for this site."""
    address = re.sub(r"[\t\n\r]", "", href.strip("".join(map(chr, range(33)))))
    scheme, colon, rest = address.partition(":")
    if colon and re.fullmatch(r"[A-Za-z][A-Za-z0-9+.-]*", scheme):
        authority = re.split(r"[/\\?#]", rest.lstrip("/\\"), maxsplit=1)[0]
        return scheme.lower(), authority.rpartition("@")[2].partition(":")[0].lower()
    return ("//", "") if re.match(r"[/\\]{2}", address) else ("here", "")


# ---- what Chromium makes of it ----

LOOK = """pieces => pieces.map(piece => {
    const page = new DOMParser().parseFromString(piece, "text/html")
    return [...page.body.querySelectorAll("*"), ...page.head.children].map(each => {
        const url = each.localName === "a" && each.hasAttribute("href") && URL.parse(each.getAttribute("href"), BASE)
        return {
            name: each.localName,
            attributes: Object.fromEntries([...each.attributes].map(({name, value}) => [name, value])),
            url: url && [url.protocol.slice(0, -1), url.origin === BASE ? "" : url.hostname],
            said: [each.textContent, each.nextSibling?.nodeType === 3 ? each.nextSibling.data : ""],
        }
    })
})""".replace("BASE", repr(f"http://{HERE}"))


def asked_of_chromium(pieces: list[str], chromium: Any) -> Iterator[str]:
    """What Chromium finds in these pieces that is not allowed, what runs and what is asked for when it shows them."""
    page = chromium.new_page()
    happened: list[str] = []
    page.route("**/*", lambda route: (happened.append(f"asked for: {route.request.url}"), route.abort()))
    page.on("dialog", lambda dialog: (happened.append(f"ran: {dialog.message}"), dialog.dismiss()))
    for begin in range(0, len(pieces), 100):
        some = pieces[begin : begin + 100]
        page.set_content("".join(f"<div>{piece}</div>" for piece in some))
        for piece, elements in zip(some, page.evaluate(LOOK, some), strict=True):
            yield from (f"{fault} in {piece!r}" for each in elements for fault in _in_chromium(each))
    page.close()
    yield from happened


def _in_chromium(each: dict[str, Any]) -> Iterator[str]:
    may = SHOWN.get(each["name"])
    if may is None:
        yield f"an element: {each['name']}"
        return
    for name, value in each["attributes"].items():
        if name not in may or not re.fullmatch(may[name], value):
            yield f"an attribute: {each['name']} {name}={value!r}"
    if each["url"]:
        scheme, host = each["url"]
        here = scheme == "http" and not host
        yield from wrong(each["attributes"]["href"], "here" if here else scheme, host, *each["said"])
