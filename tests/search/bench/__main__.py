"""How long a search takes among many articles, beside plain LIKE and a library's own index: `make bench-search`.

Each kind of question is asked in turns of all three, in several rounds: a shared machine is not always equally fast.
Prints the median and the 95th percentile in milliseconds, the processor time of this process (on SQLite all there is;
others on the machine do not lengthen it as much), how many times our median the others take, and recall: of the
articles that have all words, or as many of them as are shown, how many were shown. Exit code 1 if our 95th percentile
is above what was promised.
"""

import argparse
import os
import sys
import tempfile

PROMISED = {10_000: 25.0, 100_000: 60.0}
"""The 95th percentile in milliseconds among so many articles of each language."""


def main() -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("articles", type=int, nargs="?", default=10_000)
    parser.add_argument("database", nargs="?", help="empty, or left by an earlier run; a new SQLite if there is none")
    args = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        os.environ.update(DATA_DIR=folder, SECRET_KEY="bench", DJANGO_SETTINGS_MODULE="tests.search.bench.settings")
        os.environ["DATABASE_URL"] = args.database or f"sqlite:///{folder}/db.sqlite3"
        import django

        django.setup()
        from tests.search.bench.measuring import measure

        return int(measure(args.articles) > PROMISED.get(args.articles, max(PROMISED.values())))


if __name__ == "__main__":
    sys.exit(main())
