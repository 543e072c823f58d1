"""Pages need no network: what they use lies in the package."""

import re

from minzheng.web.compile_messages import LOCALE

PACKAGE = LOCALE.parent
VENDOR = PACKAGE / "static" / "vendor"
ICON = re.compile(r"""icon(?:=|[ ]|": ?)["']([a-z0-9-]+)["']""")


def pages() -> list[str]:
    sources = [*PACKAGE.glob("templates/**/*.html"), *PACKAGE.glob("web/**/*.py")]
    return [path.read_text(encoding="utf-8") for path in sources]


def test_every_icon_is_in_the_sprite():
    sprite = set(re.findall(r'<symbol id="([^"]+)"', (VENDOR / "icons.svg").read_text()))
    used = {name for text in pages() for name in ICON.findall(text)}
    assert used
    assert used <= sprite


def test_no_page_reaches_out():
    own = [
        (PACKAGE / "static" / "app" / name).read_text(encoding="utf-8") for name in ("app.js", "drafts.js", "app.css")
    ]
    for text in [*pages(), *own]:
        assert not re.search(r"""(?:src|href|url)\s*[=(]\s*["']?(?:https?:)?//""", text)


def test_every_vendored_file_has_its_licence():
    licences = (VENDOR / "LICENCES.txt").read_text(encoding="utf-8")
    for package in ("@tabler/core", "@tabler/icons", "htmx.org", "echarts", "zrender"):
        assert f"{package} " in licences
