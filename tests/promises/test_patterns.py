"""No pattern of ours takes ever longer for a few characters more (regexploit looks at each)."""

import ast
import importlib
from pathlib import Path

import pytest
from django.conf import settings
from regexploit.ast.sre import SreOpParser
from regexploit.redos import find

ROOT = Path(settings.BASE_DIR)
CODE = [*ROOT.glob("helpcenter/**/*.py"), *ROOT.glob("articles/**/*.py")]
USES = {"compile", "search", "match", "fullmatch", "findall", "finditer", "split", "sub", "subn"}


class Names(dict):
    """Those of a module. What is known only when it runs is some word."""

    def __missing__(self, name):
        return "word"


def patterns(path):
    """The patterns that a file gives to `re`, put together as it does."""
    tree = ast.parse(path.read_text("utf-8"))
    given = [
        each.args[0]
        for each in ast.walk(tree)
        if isinstance(each, ast.Call) and isinstance(each.func, ast.Attribute) and each.func.attr in USES
        if isinstance(each.func.value, ast.Name) and each.func.value.id == "re"
    ]
    if given:
        module = importlib.import_module(".".join(path.relative_to(ROOT).with_suffix("").parts))
        names = Names(vars(module) | {"str": str, "map": map})
        yield from (eval(compile(ast.Expression(each), path.name, "eval"), {}, names) for each in given)


def explode(pattern):
    return find(SreOpParser().parse_sre(pattern, 0))


def test_what_explodes_is_found():
    assert explode(r"^(a+)+$")
    assert explode(r"\w+\s*,?\s*\w*\s*x")


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_no_pattern_explodes():
    found = {(path.name, each) for path in CODE for each in patterns(path) if isinstance(each, str)}
    assert len(found) > 30
    assert {each for each in found if explode(each[1])} == set()


def test_patterns_are_given_to_re_by_that_name():
    """Else they would not be looked at here."""
    for path in CODE:
        for each in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(each, ast.ImportFrom):
                assert each.module != "re", path
            if isinstance(each, ast.Import):
                assert all(alias.asname is None for alias in each.names if alias.name == "re"), path
