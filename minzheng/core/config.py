"""Where this installation keeps its things: the data directory, its secrets, its database server.

The data directory is `MINZHENG_DATA`, else `.data` under the current directory. With `DATABASE_URL` (and
`DATABASE_OWNER_URL`, `DATABASE_READER_URL`) the embedded server is not used.
"""

import base64
import json
import os
import secrets
from dataclasses import asdict, dataclass
from pathlib import Path


def data_dir() -> Path:
    """The data directory of this process."""
    return Path(os.environ.get("MINZHENG_DATA", ".data")).resolve()


@dataclass(frozen=True)
class Secrets:
    """Made once per data directory and never printed. Keys are base64 of 32 bytes."""

    django_key: str
    digest_key: str
    cipher_keys: dict[str, str]
    cipher_key_id: str
    passwords: dict[str, str]


def load_secrets(directory: Path | None = None) -> Secrets:
    """Read the secrets of a data directory, making them at the first use (file mode 600)."""
    directory = directory or data_dir()
    path = directory / "secrets.json"
    if not path.exists():
        directory.mkdir(parents=True, exist_ok=True)
        _write_private(path, json.dumps(asdict(_new_secrets()), indent=1))
    return Secrets(**json.loads(path.read_text()))


def _new_secrets() -> Secrets:
    def key() -> str:
        return base64.b64encode(secrets.token_bytes(32)).decode()

    roles = ("postgres", "mz_owner", "mz_app", "mz_reader")
    return Secrets(
        django_key=secrets.token_urlsafe(50),
        digest_key=key(),
        cipher_keys={"k1": key()},
        cipher_key_id="k1",
        passwords={role: secrets.token_urlsafe(24) for role in roles},
    )


def _write_private(path: Path, text: str) -> None:
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w") as file:
        file.write(text)
