"""A site with every kind of page that a reader can meet, and the addresses of them all."""

from datetime import date, timedelta
from typing import Any

from tests.builders import LANGUAGES, a_body, a_flow, a_flow_body, a_glance, a_sheet, a_sheet_body, an_article, words
from tests.replay import replayed

LATELY = date.today() - timedelta(days=3)

ADDRESSES = {
    "home": "",
    "all articles": "articles/",
    "article with steps": "articles/walked/",
    "article as of a day": "articles/walked/?as_of=2026-01-15",
    "history": "articles/walked/versions/",
    "version": "articles/walked/versions/1/",
    "version with another sheet": "articles/walked/versions/1/?facts=2",
    "comparison": "articles/walked/versions/compare/?from=1&to=2",
    "article without steps": "articles/dull/",
    "search": "search/",
    "search with results": "search/?q=walked",
    "search without results": "search/?q=zebra",
    "first question": "wizard/",
    "question": "wizard/second/?first=ask",
    "question come back to": "wizard/?first=ask&second=end",
    "step": "wizard/way-go/?first=walk",
    "outcome": "wizard/over/?first=walk&way-go=done&way-stop=done",
    "outcome with dates": f"wizard/over/?first=walk&way-go=done&way-stop=done&start={LATELY}",
    "outcome with a mistake": "wizard/over/?first=walk&way-go=done&way-stop=done&start=x",
    "outcome without dates": "wizard/lost/?first=ask&second=lost",
    "refund form": "refund/",
    "refund answer": "refund/?gpu_minutes=19&images=30&start=2026-01-01&country=TW",
    "refund refused": "refund/?gpu_minutes=20&images=20&earlier=no",
    "refund mistake": "refund/?gpu_minutes=x&images=",
    "refund permalink": "refund/?gpu_minutes=19&images=30&facts=1&on=2026-01-10",
}
"""What kind of page, and where it is below the language."""

EVERY_PAGE = [(language, f"/{language}/{address}") for language in LANGUAGES for address in ADDRESSES.values()]
KINDS = [f"{kind} {language}" for language in LANGUAGES for kind in ADDRESSES]
TEXT = "{#part}\n## A part\n\nUnder {{refund.gpu_minutes}}; press {{label.cancel}}; {{site.account}}; [wizard](wizard)."


@replayed
def a_site_with_every_page() -> None:
    """The builders' site, with two versions of its article and of the sheet, and an article without steps."""
    a_sheet({"2026-01-01": a_sheet_body(), "2026-02-01": a_sheet_body(plan__basic__monthly="11")})
    for language in LANGUAGES:
        old = a_body(f"Walked {language}", steps=("go", "stop"), at_a_glance=a_glance(), text=TEXT)
        new = {**old, "summary": "In short: {{refund.gpu_minutes}}."}
        an_article("walked", language, path="web", history={"2026-01-02": old, "2026-03-01": new})
        an_article("dull", language, topic="refund", history={"2026-01-02": a_body(f"Dull {language}")})
    a_flow({"2026-01-03": _flow()})


def _flow() -> dict[str, Any]:
    body = a_flow_body()
    body["nodes"]["first"] |= {"help": words("See [walked](walked)."), "why": words("Because.")}
    body["nodes"]["over"]["articles"] = ["walked", "dull"]
    return body
