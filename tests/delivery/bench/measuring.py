"""What wrk says of one address."""

import re
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass

_UNITS = {"us": 0.001, "ms": 1.0, "s": 1000.0}


@dataclass(frozen=True, slots=True)
class Figures:
    """Requests a second, and how long the middle one and the slowest of a hundred took in milliseconds."""

    rate: float
    p50: float
    p99: float


def measure(address: str, headers: Mapping[str, str], *, connections: int, seconds: int) -> Figures:
    """Ask for an address as often as it is answered, with wrk on the second core."""
    asked = {"Accept-Encoding": "gzip", **headers}
    command = ["taskset", "-c", "1", "wrk", "-t1", f"-c{connections}", f"-d{seconds}", "--latency"]
    command += [part for name, value in asked.items() for part in ("-H", f"{name}: {value}")]
    said = subprocess.run([*command, address], capture_output=True, text=True, check=True, timeout=seconds + 30).stdout
    if wrong := re.search(r"Non-2xx or 3xx responses: \d+|Socket errors: .*", said):
        raise RuntimeError(f"{address}: {wrong[0]}")
    rate = re.search(r"Requests/sec:\s+([\d.]+)", said)
    assert rate, said
    return Figures(float(rate[1]), _time(said, "50%"), _time(said, "99%"))


def _time(said: str, percentile: str) -> float:
    found = re.search(rf"{percentile}\s+([\d.]+)(us|ms|s)\b", said)
    assert found, said
    return float(found[1]) * _UNITS[found[2]]
