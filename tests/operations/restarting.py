"""`make drill-restart`: 200 requests a second for 60 seconds, while the workers are replaced four times.

Exit code 1 if a single one of them was lost or refused.
"""

import sys
import tempfile
import time
from pathlib import Path

from tests.operations.load import Readers
from tests.operations.sites import Site

A_SECOND, SECONDS, RESTARTS = 200, 60, 4


def main() -> int:
    """The drill."""
    say = sys.stdout.write
    with tempfile.TemporaryDirectory() as folder, Site(Path(folder)) as site:
        workers = {site.worker}
        readers, began = Readers(site.port, a_second=A_SECOND), time.monotonic()
        for number in range(RESTARTS):
            time.sleep(max(0, began + number * SECONDS / RESTARTS - time.monotonic()))
            done = site.manage("serve", "--again")
            say(done.stderr)
            workers.add(site.worker)
        time.sleep(max(0, began + SECONDS - time.monotonic()))
        workers.add(site.worker)
        load = readers.stop()
        seconds = time.monotonic() - began
        log = (Path(folder) / "log").read_text()
    asked = load.answered.total() + len(load.failed)
    refused = load.answered.total() - load.answered[200]
    say(f"{asked} requests in {seconds:.0f} s ({asked / seconds:.0f}/s), {len(workers) - 1} workers replaced\n")
    say(f"failed: {len(load.failed)}, refused: {refused}, sent again on another connection: {load.again}\n")
    say(f"slowest: {load.slowest:.3f} s\n")
    say("".join(f"{each}\n" for each in load.failed[:10]))
    say("".join(line for line in log.splitlines(keepends=True) if "ERROR" in line or "WARN" in line))
    too_few = asked < 0.9 * A_SECOND * SECONDS
    return int(bool(load.failed or refused or too_few or len(workers) <= RESTARTS))


if __name__ == "__main__":
    sys.exit(main())
