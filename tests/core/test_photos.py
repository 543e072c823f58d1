"""Photos keep what they show and lose what they tell besides."""

import pytest

from minzheng.core import photos
from minzheng.core.errors import Refused
from tests.cases.pictures import jpeg, png


def test_where_a_photo_was_taken_is_not_kept():
    clean, kind = photos.cleaned(jpeg())
    assert kind == "image/jpeg"
    assert b"N31.2" not in clean
    assert b"Exif" not in clean
    assert clean.startswith(b"\xff\xd8\xff\xe0")
    assert clean.endswith(b"\x11\xff\xd9")
    clean, kind = photos.cleaned(png(note=b"N31.2 E108.4"))
    assert kind == "image/png"
    assert clean == png()


@pytest.mark.parametrize("orientation", [3, 6, 8])
def test_which_way_up_is_kept(orientation):
    clean, _ = photos.cleaned(jpeg(orientation=orientation))
    assert b"N31.2" not in clean
    tiff = clean[clean.index(b"Exif\0\0") + 6 :]
    assert photos._orientation(tiff) == orientation
    assert photos.cleaned(clean)[0] == clean  # cleaning again changes nothing


def test_a_film_on_the_end_is_cut_off():
    clean, _ = photos.cleaned(jpeg() + b"ftypmp42 a film")
    assert clean == photos.cleaned(jpeg())[0]


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "photo.unreadable"),
        (b"%PDF-1.7 no picture", "photo.unreadable"),
        (jpeg()[:40], "photo.unreadable"),
        (jpeg()[:-2], "photo.unreadable"),
        (png()[:-6], "photo.unreadable"),
        (b"\xff\xd8\xff" + b"\0" * photos.LARGEST, "photo.too_large"),
    ],
)
def test_what_is_no_whole_picture_is_refused(content, code):
    with pytest.raises(Refused, match=code):
        photos.cleaned(content)
