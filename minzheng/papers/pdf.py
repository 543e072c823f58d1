"""Word to PDF by LibreOffice, where it is installed. Nothing else of the product needs it."""

import os
import shutil
import subprocess
import tempfile
from pathlib import Path

from minzheng.core.errors import refuse

SECONDS = 90
_PLACES = (
    "C:/Program Files/LibreOffice/program/soffice.exe",
    "/Applications/LibreOffice.app/Contents/MacOS/soffice",
)


def program() -> str | None:
    """Where LibreOffice lies: `MINZHENG_SOFFICE`, the path, or its usual folder."""
    found = os.environ.get("MINZHENG_SOFFICE") or shutil.which("soffice") or shutil.which("libreoffice")
    return found or next((place for place in _PLACES if Path(place).is_file()), None)


def needed() -> str:
    """Where LibreOffice lies; refuses where it is missing."""
    soffice = program()
    if soffice is not None:
        return soffice
    raise refuse(
        "pdf.no_program",
        zh="这台服务器没有安装 LibreOffice，不能生成 PDF。",
        en="LibreOffice is not installed on this server, so no PDF can be made.",
        remedy_zh="请下载 Word 文件后另存为 PDF；或者请管理员安装 LibreOffice（MINZHENG_SOFFICE 可指明位置）。",
        remedy_en="Save the Word file as PDF yourself; or have LibreOffice installed (MINZHENG_SOFFICE names it).",
    )


def to_pdf(word: bytes, *, seconds: int = SECONDS) -> bytes:
    """The paper as PDF. Refuses where LibreOffice is missing, takes too long or cannot read the file."""
    soffice = needed()
    with tempfile.TemporaryDirectory(prefix="minzheng-pdf-") as folder:
        source = Path(folder, "paper.docx")
        source.write_bytes(word)
        # A profile of its own: two conversions at once, and one beside an open LibreOffice, would wait for each other.
        profile = f"-env:UserInstallation={Path(folder, 'profile').as_uri()}"
        command = [
            soffice,
            profile,
            "--headless",
            "--norestore",
            "--convert-to",
            "pdf",
            "--outdir",
            folder,
            str(source),
        ]
        try:
            subprocess.run(command, capture_output=True, timeout=seconds, check=False, cwd=folder)
        except (subprocess.TimeoutExpired, OSError) as wrong:
            raise refuse(
                "pdf.too_slow",
                zh="LibreOffice 在 {seconds} 秒内没有完成转换。",
                en="LibreOffice did not finish within {seconds} seconds.",
                remedy_zh="请少选几份再试，或者下载 Word 文件。",
                remedy_en="Choose fewer papers, or take the Word file.",
                seconds=seconds,
            ) from wrong
        made = Path(folder, "paper.pdf")
        if not made.is_file():
            raise refuse(
                "pdf.failed",
                zh="LibreOffice 没有转换成功。",
                en="LibreOffice could not convert the paper.",
                remedy_zh="请下载 Word 文件；若换过模板，请在 Word 里打开模板另存后重新上传。",
                remedy_en="Take the Word file; if the template was replaced, save it anew in Word and send it again.",
            )
        return made.read_bytes()
