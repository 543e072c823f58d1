"""Photos as a phone takes them: checked to be pictures, and freed of what they tell besides (where, with which phone).
Which way up a picture is held is kept, for it is not in the pixels."""

import struct

from minzheng.core.errors import refuse

LARGEST = 8 * 1024 * 1024
JPEG, PNG = "image/jpeg", "image/png"
ORIENTATION = 0x0112
TELLING = {0xE1, 0xE2, 0xED, 0xFE}
"""Segments of a JPEG that tell of place and device: Exif and XMP, further pictures, Photoshop's, comments."""
COLOURS = b"ICC_PROFILE"
TELLING_CHUNKS = {b"eXIf", b"tEXt", b"zTXt", b"iTXt", b"tIME"}


def cleaned(content: bytes) -> tuple[bytes, str]:
    """The picture without its hidden notes, and its media type. Refuses what is no JPEG or PNG, is broken, or is too
    large."""
    if len(content) > LARGEST:
        raise refuse(
            "photo.too_large",
            zh="照片有 {size} MB，超过 {largest} MB。",
            en="The photo has {size} MB; the most is {largest} MB.",
            remedy_zh="请在手机上选择较小的尺寸后重新上传。",
            remedy_en="Choose a smaller size on the phone and send it again.",
            size=-(-len(content) // (1024 * 1024)),
            largest=LARGEST // (1024 * 1024),
        )
    try:
        if content.startswith(b"\xff\xd8\xff"):
            return _jpeg(content), JPEG
        if content.startswith(b"\x89PNG\r\n\x1a\n"):
            return _png(content), PNG
    except (struct.error, IndexError, ValueError):
        pass
    raise refuse(
        "photo.unreadable",
        zh="这不是完整的 JPEG 或 PNG 照片。",
        en="This is no whole JPEG or PNG picture.",
        remedy_zh="请重新拍摄或选择照片；苹果手机请在设置里把相机格式选为“兼容性最佳”。",
        remedy_en="Take or choose the photo again; on an iPhone set the camera's format to “most compatible”.",
    )


def _jpeg(content: bytes) -> bytes:
    kept, at, turned = [content[:2]], 2, 1
    while True:
        mark, length = content[at + 1], struct.unpack(">H", content[at + 2 : at + 4])[0]
        segment = content[at : at + 2 + length]
        if content[at] != 0xFF or length < 2 or len(segment) != length + 2:
            raise ValueError("broken segment")
        if mark == 0xE1 and segment[4:10] == b"Exif\0\0":
            turned = _orientation(segment[10:])
        if mark not in TELLING or segment[4:].startswith(COLOURS):
            kept.append(segment)
        at += 2 + length
        if mark == 0xDA:  # what follows are the pixels
            kept.append(content[at : content.index(b"\xff\xd9", at) + 2])  # some phones hang a film on the end
            break
    if turned != 1:
        kept.insert(1, _turned(turned))
    return b"".join(kept)


def _orientation(tiff: bytes) -> int:
    """The one entry of an Exif block that is kept; 1 (upright) where there is none."""
    order = "<" if tiff[:2] == b"II" else ">"
    start = struct.unpack(order + "L", tiff[4:8])[0]
    count = struct.unpack(order + "H", tiff[start : start + 2])[0]
    for place in range(min(count, 64)):
        entry = tiff[start + 2 + 12 * place : start + 14 + 12 * place]
        if struct.unpack(order + "H", entry[:2])[0] == ORIENTATION:
            value: int = struct.unpack(order + "H", entry[8:10])[0]
            return value if 1 <= value <= 8 else 1
    return 1


def _turned(orientation: int) -> bytes:
    """An Exif block that holds nothing but which way up."""
    tiff = b"MM\0*" + struct.pack(">LHHHLHHL", 8, 1, ORIENTATION, 3, 1, orientation, 0, 0)
    body = b"Exif\0\0" + tiff
    return b"\xff\xe1" + struct.pack(">H", len(body) + 2) + body


def _png(content: bytes) -> bytes:
    kept, at = [content[:8]], 8
    while True:
        length, kind = struct.unpack(">L", content[at : at + 4])[0], content[at + 4 : at + 8]
        chunk = content[at : at + 12 + length]
        if len(chunk) != 12 + length:
            raise ValueError("broken chunk")
        if kind not in TELLING_CHUNKS:
            kept.append(chunk)
        at += 12 + length
        if kind == b"IEND":
            return b"".join(kept)
