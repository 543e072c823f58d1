"""Small pictures made here, so that no file of anybody's phone is needed."""

import struct
import zlib


def png(width: int = 40, height: int = 30, *, note: bytes = b"") -> bytes:
    """A grey picture; `note` is a text hidden in it."""

    def chunk(kind: bytes, body: bytes) -> bytes:
        return struct.pack(">L", len(body)) + kind + body + struct.pack(">L", zlib.crc32(kind + body))

    rows = zlib.compress((b"\0" + b"\x99" * width) * height)
    hidden = chunk(b"tEXt", b"Place\0" + note) if note else b""
    head = chunk(b"IHDR", struct.pack(">LLBBBBB", width, height, 8, 0, 0, 0, 0))
    return b"\x89PNG\r\n\x1a\n" + head + hidden + chunk(b"IDAT", rows) + chunk(b"IEND", b"")


def jpeg(*, orientation: int = 1, note: bytes = b"N31.2 E108.4") -> bytes:
    """The frame of a JPEG as a phone writes it: an Exif block with which way up and, behind it, where it was taken."""

    def segment(mark: int, body: bytes) -> bytes:
        return bytes([0xFF, mark]) + struct.pack(">H", len(body) + 2) + body

    entry = struct.pack("<HHLHH", 0x0112, 3, 1, orientation, 0)
    exif = b"Exif\0\0" + b"II*\0" + struct.pack("<LH", 8, 1) + entry + struct.pack("<L", 0) + note
    frame = segment(0xC0, struct.pack(">BHHB", 8, 30, 40, 1) + b"\x01\x11\x00")
    app = segment(0xE0, b"JFIF\0\x01\x01\0\0\x01\0\x01\0\0")
    pixels = segment(0xDA, b"\x01\x01\x00\x00\x3f\x00") + b"\x11\xff\xd9"
    return b"\xff\xd8" + app + segment(0xE1, exif) + frame + pixels
