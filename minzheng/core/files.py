"""Where the law as data lies: beside the package in a checkout, inside it when installed."""

import os
from pathlib import Path


def policies_dir() -> Path:
    """`MINZHENG_POLICIES`, else the checkout's `policies/`, else the copy that the wheel carries."""
    if named := os.environ.get("MINZHENG_POLICIES"):
        return Path(named)
    package = Path(__file__).parent.parent
    checkout = package.parent / "policies"
    return checkout if checkout.is_dir() else package / "policies"
