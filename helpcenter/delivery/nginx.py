"""The configuration with which nginx serves a folder of the site's files: the headers are those that Django gave."""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from http import HTTPStatus
from pathlib import Path, PurePosixPath

from django.conf import settings
from django.conf.locale import LANG_INFO
from django.urls import reverse
from django.utils.translation import get_supported_language_variant, override

from helpcenter.publishing.moments import LONGEST_CACHED, cache_control

TRACKERS = r"(utm_\w+|fbclid|gclid|msclkid)=[^&]*"
"""What others add to an address, and what no page here reads. Every other query that has no file needs the site."""

_OWN = {"content-length", "etag", "last-modified", "location", "vary"}
"""What nginx says of a file by itself."""
_FOR_A_CDN = {"cache-tag", "cloudflare-cdn-cache-control", "surrogate-control", "surrogate-key"}
"""What is said to one before the site itself: nobody tells it to forget a file."""
_BY_PATH = {"content-type", "content-language"}

ERRORS: Mapping[HTTPStatus, Mapping[str, bool]] = {
    HTTPStatus.NOT_FOUND: {},
    HTTPStatus.GONE: {"gone": True},
    HTTPStatus.SERVICE_UNAVAILABLE: {"copied": True},
}
"""What is answered where there is no file, and what its page is told."""

_HTTP = """\
# Written by `make export`; changed with it. Belongs into nginx's http {{ }}.

# Which file of its folder a page is.
map $args $standby_page {{
    default "@";
    "" "index.html";
    "~^{trackers}(&{trackers})*$" "index.html";
    "~^[{signs}]{{1,200}}$" "@$args.html";
    "~^(?<standby_1>[{signs}]{{200}})(?<standby_2>[{signs}]{{1,200}})$" "@$standby_1/$standby_2.html";
    "~^(?<standby_3>[{signs}]{{200}})(?<standby_4>[{signs}]{{200}})(?<standby_5>[{signs}]{{1,200}})$" \
"@$standby_3/$standby_4/$standby_5.html";
}}

# The wizard's page without the answers from it on: who goes back answers them again.
map "$uri?$args" $standby_earlier {{
    default "";
    "~^(?<standby_start>/[\\w-]+/wizard/)\\?." $standby_start;
    "~^(?<standby_first>/[\\w-]+/wizard/)[\\w-]+/\\?$" $standby_first;
    "~^(?<standby_earlier_page>/[\\w-]+/wizard/(?<standby_key>[\\w-]+)/\\?.+?)&\\k<standby_key>=" $standby_earlier_page;
}}

map $request_uri $standby_language {{
    default {default};
    "~^/(?<standby_code>{codes})(/|\\?|$)" $standby_code;
}}
map $request_uri $standby_content_language {{
    default $standby_language;
    "~^{static}" "";
}}
map $http_accept_language $standby_home {{
{homes}
}}
map $uri $standby_vary {{
    default "";
    "/" "Accept-Language";
}}
map $uri $standby_moved {{
{moved}
}}
map $uri $standby_gone {{
{gone}
}}
"""

_SERVER = """\
# Written by `make export`; changed with it. Belongs into a server {{ }} with your listen, server_name, certificates.

root {root};
absolute_redirect off;
server_tokens off;
gzip_static on;
gzip_vary on;
# brotli_static on;  # with the module ngx_brotli: the files are there
types {{
{types}
}}
{headers}
add_header Content-Language $standby_content_language always;
add_header Vary $standby_vary always;
{errors}

if ($request_method !~ ^(GET|HEAD)$) {{
    return 503;
}}
location = / {{
    return 302 $standby_home;
}}
location ^~ /-/ {{
    internal;
}}
{exceptions}location ~ /$ {{
    try_files $uri$standby_page @standby_page;
}}
location / {{
    try_files $uri @standby_file;
}}
location @standby_page {{
    if ($standby_gone) {{
        return 410;
    }}
    if ($standby_moved) {{
        return 301 $standby_moved$is_args$args;
    }}
    if ($standby_earlier) {{
        return 302 $standby_earlier;
    }}
    if (-d $document_root$uri) {{
        return 503;
    }}
    return 404;
}}
location @standby_file {{
    if ($standby_gone) {{
        return 410;
    }}
    if ($standby_moved) {{
        return 301 $standby_moved$is_args$args;
    }}
    if (-d $document_root$uri) {{
        return 301 $uri/$is_args$args;
    }}
    return 404;
}}
"""


def error_page(language: str, status: HTTPStatus) -> str:
    """The name of the file that is sent with an error."""
    return f"-/{language}/{status.value}.html"


def configuration(
    root: Path, answers: Mapping[str, Mapping[str, str]], elsewhere: Mapping[str, str | None]
) -> dict[str, str]:
    """By file name: what belongs into http { } and what into server { }.

    `answers` are the headers of each file, by lower-case name; `elsewhere` says where paths without a file lead.
    """
    maps, added = [], []
    for name in sorted({name for headers in answers.values() for name in headers} - _OWN - _BY_PATH - _FOR_A_CDN):
        usual, unusual = _by_kind({file: _unhurried(headers.get(name, "")) for file, headers in answers.items()})
        default = usual.pop(".html")
        others = [(_exactly(f"/{file}"), value) for file, value in unusual.items()]
        others += [(rf"~\{kind}$", value) for kind, value in usual.items() if value != default]
        value = _quoted(default)
        if others:
            value = f"$standby_{name.replace('-', '_')}"
            maps.append(f"map $uri {value} {{\n{_lines([('default', default), *others])}\n}}\n")
        # What is not there may be a moment later: caches are told nothing of it.
        added.append(f"add_header {name.title()} {value}{'' if name == 'cache-control' else ' always'};")
    types, other_types = _by_kind({file: headers["content-type"] for file, headers in answers.items()})
    http = _HTTP.format(
        trackers=TRACKERS,
        signs=r"\w.~%+=&-",
        default=settings.LANGUAGE_CODE,
        codes="|".join(code for code, _name in settings.LANGUAGES),
        static=settings.STATIC_URL,
        homes=_lines(_homes()),
        moved=_lines([("default", ""), *((_exactly(path), to) for path, to in elsewhere.items() if to)]),
        gone=_lines([("default", ""), *((_exactly(path), "1") for path, to in elsewhere.items() if not to)]),
    )
    server = _SERVER.format(
        root=_quoted(str(root.resolve())),
        types="\n".join(f"    {_quoted(value)} {kind.removeprefix('.')};" for kind, value in types.items()),
        headers="\n".join(added),
        errors="\n".join(f"error_page {each.value} /{error_page('$standby_language', each)};" for each in ERRORS),
        exceptions="".join(
            f"location = {_quoted(f'/{file}')} {{\n    types {{ }}\n    default_type {_quoted(value)};\n}}\n"
            for file, value in other_types.items()
        ),
    )
    return {"http.conf": "\n".join([http, *maps]), "server.conf": server}


def _by_kind(said: Mapping[str, str]) -> tuple[dict[str, str], dict[str, str]]:
    """What is said of most files of each kind (by suffix), and of those files of which something else is."""
    kinds: dict[str, Counter[str]] = {}
    for file, value in said.items():
        kinds.setdefault(PurePosixPath(file).suffix, Counter())[value] += 1
    usual = {kind: values.most_common(1)[0][0] for kind, values in kinds.items()}
    return usual, {file: value for file, value in said.items() if value != usual[PurePosixPath(file).suffix]}


def _unhurried(value: str) -> str:
    """Without the reason for which a page was to be kept for less than a minute: that its day was about to end."""
    if value.startswith("public, max-age=") and "immutable" not in value:
        return cache_control(LONGEST_CACHED.total_seconds())
    return value


def _homes() -> Iterator[tuple[str, str]]:
    """The first page by what a browser asks for first of what we have, whatever weight it gives it."""
    ours = {code.partition("-")[0] for code, _name in settings.LANGUAGES}
    tags = [tag for tag in {*LANG_INFO, *ours} if tag.partition("-")[0] in ours]
    any_of_ours = rf"\s*({'|'.join(sorted(ours))})\b"
    yield "default", _home(settings.LANGUAGE_CODE)
    for tag in sorted(tags, key=lambda tag: (-len(tag), tag)):
        yield rf"~*^((?!{any_of_ours})[^,]*,)*\s*{tag}\b", _home(get_supported_language_variant(tag))


def _home(code: str) -> str:
    with override(code):
        return reverse("home")


def _exactly(path: str) -> str:
    return f"~^{re.escape(path)}$"


def _lines(pairs: Iterable[tuple[str, str]]) -> str:
    return "\n".join(f"    {_quoted(key)} {_quoted(value)};" for key, value in pairs)


def _quoted(text: str) -> str:
    return '"' + text.replace('"', '\\"') + '"'
