"""JSON as it is read: Chinese as itself and not as \\uXXXX, which is a third of the size and quick to quote."""

import json
from typing import Any


class ReadableEncoder(json.JSONEncoder):
    """For JSON fields that hold much text (`models.JSONField(encoder=ReadableEncoder)`)."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**{**options, "ensure_ascii": False})
