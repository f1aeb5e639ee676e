"""A column for what a document says."""

import json
from typing import Any

from django.db import models


class BodyField(models.TextField):  # type: ignore[type-arg] # cannot be subscripted when it runs
    """JSON as the text that it is.

    Not Django's JSONField: PostgreSQL's jsonb sorts the keys, and the order of a question's choices is what readers
    see; and it writes Han characters as escapes, in which nobody finds a word.
    """

    # What type checkers see: a body, not a text.
    _pyi_private_set_type: Any
    _pyi_private_get_type: Any

    def from_db_value(self, value: str | None, expression: Any, connection: Any) -> Any:
        """What was stored."""
        return None if value is None else json.loads(value)

    def get_prep_value(self, value: Any) -> Any:
        """The same text for the same body, on every database."""
        return None if value is None else json.dumps(value, ensure_ascii=False)

    def to_python(self, value: Any) -> Any:
        """A body, or the text of one as a fixture has it."""
        return json.loads(value) if isinstance(value, str) else value

    def value_to_string(self, obj: models.Model) -> str:
        """The text of one, for a fixture."""
        return str(self.get_prep_value(self.value_from_object(obj)))
