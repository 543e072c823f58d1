"""Copy the assets that pages use from node_modules into minzheng/static/vendor, so that an office needs no network.

Run `npm ci` first, then `python scripts/vendor_assets.py`. Versions are pinned in package.json. Icons: only those that
templates and navigation name (`{% icon "home" %}`, `icon="home"`) go into the sprite.
"""

import json
import re
import shutil
from pathlib import Path

ROOT = Path(__file__).parent.parent
MODULES = ROOT / "node_modules"
VENDOR = ROOT / "minzheng" / "static" / "vendor"
FILES = {
    "@tabler/core/dist/css/tabler.min.css": "tabler.min.css",
    "@tabler/core/dist/js/tabler.min.js": "tabler.min.js",
    "htmx.org/dist/htmx.min.js": "htmx.min.js",
    "echarts/dist/echarts.simple.min.js": "echarts.simple.min.js",
}
LICENCES = {
    "@tabler/core": None,  # the package carries its licence in the banner of its files only
    "@tabler/icons": "LICENSE",
    "htmx.org": "LICENSE",
    "echarts": "LICENSE",
    "zrender": "LICENSE",
}
USED = re.compile(r"""icon(?:=|[ ]|": ?)["']([a-z0-9-]+)["']""")


def main() -> None:
    """Empty the vendor folder and fill it again."""
    shutil.rmtree(VENDOR, ignore_errors=True)
    VENDOR.mkdir(parents=True)
    for source, target in FILES.items():
        text = (MODULES / source).read_text(encoding="utf-8")
        (VENDOR / target).write_text(re.sub(r"\n?/[/*]# sourceMappingURL=\S+( \*/)?\s*$", "\n", text), encoding="utf-8")
    (VENDOR / "icons.svg").write_text(_sprite(used_icons()), encoding="utf-8")
    (VENDOR / "LICENCES.txt").write_text(_licences(), encoding="utf-8")


def used_icons() -> list[str]:
    """The names of the icons that pages use."""
    package = ROOT / "minzheng"
    sources = [*package.glob("templates/**/*.html"), *package.glob("web/**/*.py")]
    return sorted({name for path in sources for name in USED.findall(path.read_text(encoding="utf-8"))})


def _sprite(names: list[str]) -> str:
    symbols = []
    for name in names:
        svg = (MODULES / "@tabler" / "icons" / "icons" / "outline" / f"{name}.svg").read_text(encoding="utf-8")
        inner = re.sub(r"<!--.*?-->|<svg[^>]*>|</svg>|<path stroke=\"none\"[^>]*>", "", svg, flags=re.S)
        symbols.append(f'<symbol id="{name}" viewBox="0 0 24 24">{"".join(inner.split(chr(10))).strip()}</symbol>')
    return '<svg xmlns="http://www.w3.org/2000/svg">\n' + "\n".join(symbols) + "\n</svg>\n"


def _licences() -> str:
    parts = []
    for package, file in LICENCES.items():
        about = json.loads((MODULES / package / "package.json").read_text(encoding="utf-8"))
        text = (MODULES / package / file).read_text(encoding="utf-8") if file else _banner()
        parts.append(f"{package} {about['version']} ({about['license']})\n\n{text.strip()}\n")
    notice = (MODULES / "echarts" / "NOTICE").read_text(encoding="utf-8")
    return ("\n" + "=" * 80 + "\n\n").join([*parts, "echarts NOTICE\n\n" + notice.strip() + "\n"])


def _banner() -> str:
    css = (VENDOR / "tabler.min.css").read_text(encoding="utf-8")
    banner = re.search(r"/\*!(.*?)\*/", css, flags=re.S)
    assert banner, "tabler.min.css has lost its licence banner"
    return banner.group(1)


if __name__ == "__main__":
    main()
