"""Pictures as they come in: nothing of the file survives but what it shows."""

import io

import pytest
from PIL import Image, ImageChops
from PIL.PngImagePlugin import PngInfo

from shop.catalogue.images import UnusablePicture, clean
from tests.factories import PictureFactory, plain_picture

GOOD = ["exif.avif", "exif.png", "hopper.gif", "hopper.jpg", "hopper.png", "hopper.tif", "hopper.webp"]
REFUSED = ["hopper.bmp", "hopper.heif", "hopper.ico", "hopper.ppm", "hopper.psd"]


def opened(data: bytes) -> Image.Image:
    return Image.open(clean(io.BytesIO(data)))


@pytest.mark.parametrize("name", GOOD)
def test_known_formats_become_webp_without_metadata(name, shared_data):
    picture = opened((shared_data / "uploads" / "formats" / name).read_bytes())

    assert picture.format == "WEBP"
    assert not picture.getexif()
    assert not {"exif", "icc_profile", "xmp", "comment"} & picture.info.keys()


@pytest.mark.parametrize("name", REFUSED)
def test_other_formats_are_refused(name, shared_data):
    with pytest.raises(UnusablePicture):
        opened((shared_data / "uploads" / "formats" / name).read_bytes())


def test_no_place_is_left_in_a_photograph(shared_data):
    for path in (shared_data / "uploads" / "gps").iterdir():
        cleaned = clean(path.open("rb")).read()

        assert not Image.open(io.BytesIO(cleaned)).getexif(), path.name
        assert b"GPS" not in cleaned, path.name


def test_pictures_are_turned_upright(shared_data):
    folder = shared_data / "uploads" / "orientation"
    upright = opened((folder.parent / "formats" / "hopper.jpg").read_bytes()).convert("L")

    for path in folder.iterdir():
        turned = opened(path.read_bytes()).convert("L")
        assert turned.size == upright.size
        difference = ImageChops.difference(turned, upright).resize((1, 1)).getpixel((0, 0))
        assert difference < 20, path.name


def test_hostile_files_are_refused_or_made_harmless(shared_data):
    for path in (shared_data / "uploads" / "hostile").iterdir():
        try:
            cleaned = clean(path.open("rb"))
        except UnusablePicture:
            continue
        assert not Image.open(cleaned).getexif(), path.name


@pytest.mark.parametrize(
    "data", [b"", b"<svg xmlns='http://www.w3.org/2000/svg'/>", b"GIF89a<script>", b"\0" * 99]
)
def test_what_is_no_picture_is_refused(data):
    with pytest.raises(UnusablePicture, match="not a picture"):
        clean(io.BytesIO(data))


def test_a_file_too_large_is_refused_unread(monkeypatch):
    monkeypatch.setattr("shop.catalogue.images.MAX_BYTES", 1024**2)

    with pytest.raises(UnusablePicture, match="larger than 1 MB"):
        clean(io.BytesIO(b"\xff" * (1024**2 + 1)))


def test_too_many_pixels_are_refused_before_they_are_decoded():
    bomb = io.BytesIO()
    Image.new("1", (20_000, 20_000)).save(bomb, format="PNG")
    bomb.seek(0)

    with pytest.raises(UnusablePicture, match="more than 50 million pixels"):
        clean(bomb)


def test_texts_and_what_was_appended_are_gone():
    info = PngInfo()
    info.add_text("Comment", "taken at home")
    buffer = io.BytesIO()
    Image.new("RGBA", (10, 10), "#f008").save(buffer, format="PNG", pnginfo=info)

    cleaned = clean(io.BytesIO(buffer.getvalue() + b"<?php appended")).read()

    assert b"taken at home" not in cleaned
    assert b"appended" not in cleaned
    assert Image.open(io.BytesIO(cleaned)).mode == "RGBA"


def test_large_pictures_are_made_smaller():
    assert opened(plain_picture("large.png", size=(4000, 1000)).read()).size == (2560, 640)


@pytest.mark.django_db
def test_every_width_is_there_as_soon_as_the_row_is():
    picture = PictureFactory(image=plain_picture(size=(1000, 800)))

    renditions = picture.image.get_picture_files_list()

    assert sorted((each.file_type, each.width) for each in renditions) == [
        ("AVIF", 320),
        ("AVIF", 640),
        ("AVIF", 960),
        ("WEBP", 320),
        ("WEBP", 640),
        ("WEBP", 960),
    ]
    for each in renditions:
        with each.storage.open(each.name) as file:
            image = Image.open(file)
            assert (image.format, image.width) == (each.file_type, each.width)
            assert not image.getexif()
