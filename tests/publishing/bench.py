"""How long two texts of 20,000 words take to compare, beside rendering one of them: `make bench-compare`.

Few words for many is the worst case: where words repeat, difflib of the standard library takes minutes.
"""

import random
import sys
import time

from articles.markdown import render
from helpcenter.publishing.comparing import compare

WORDS = 20_000
CHANGED = 300
LIMIT = 1.0
"""Seconds: an editor waits for it."""


def main() -> None:
    chance, slowest = random.Random(1), 0.0
    for vocabulary in ("您可以取消訂閱退款分鐘圖片，。", *[[f"word{i} " for i in range(n)] for n in (50, 3000)]):
        old = chance.choices(vocabulary, k=WORDS)
        edited = list(old)
        for _ in range(CHANGED):
            edited[chance.randrange(WORDS)] = chance.choice(vocabulary)
        rendering = took(lambda old=old: render("".join(old)))
        for name, new in (("edited", edited), ("written anew", chance.choices(vocabulary, k=WORDS))):
            comparing = took(lambda old=old, new=new: compare("".join(old), "".join(new)))
            slowest = max(slowest, comparing)
            said = f"{comparing:.2f} s, {comparing / rendering:.1f} times as long as rendering it"
            sys.stdout.write(f"{len(set(vocabulary))} different words, {name}: {said}\n")
    sys.exit(slowest > LIMIT)


def took(work) -> float:
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


if __name__ == "__main__":
    main()
