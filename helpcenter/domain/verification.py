"""When a text is due to be checked again by somebody."""

from datetime import date, timedelta
from zlib import crc32


def due(last_checked: date, every_days: int, *, spread_by: str = "") -> date:
    """The day by which a text is to be checked again, `every_days` after it was.

    Texts that were brought in together would all be due together: with `spread_by`, a name of the text, the first time
    comes somewhere in the second half of the interval, always on the same day for the same name.
    """
    if not spread_by:
        return last_checked + timedelta(days=every_days)
    half = every_days // 2
    return last_checked + timedelta(days=every_days - crc32(spread_by.encode()) % (half + 1))
