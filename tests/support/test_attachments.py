"""Evidence: drawn anew, sealed, shown to the two sides of a conversation, and gone when its time is over."""

import io
import json
import shutil
import struct
import subprocess
import sys
import zipfile
import zlib
from datetime import timedelta
from pathlib import Path

import pytest
import time_machine
from django.contrib.auth.models import Permission
from django.core.files.base import ContentFile
from django.core.files.storage import FileSystemStorage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone
from django.utils.datastructures import MultiValueDict
from PIL import Image, ImageChops, ImageCms
from PIL.PngImagePlugin import PngInfo

from privacy import retention
from support import attachments, photos, tickets, videos
from support.attachments import NotEvidence, TooLarge, clean
from support.forms.evidence import EvidenceField
from support.links import page_token
from support.models import Attachment
from support.photos import NotAPicture, Refused, TooManyPixels, Unreadable
from tests.factories import (
    AgentFactory,
    AttachmentFactory,
    MarketFactory,
    MessageFactory,
    TicketFactory,
    plain_picture,
)

GOOD = ["exif.avif", "exif.png", "exif_text.png", "hopper.gif", "hopper.jpg", "hopper.png", "hopper.webp"]
OTHER = ["hopper.bmp", "hopper.heif", "hopper.ico", "hopper.ppm", "hopper.psd", "hopper.tif"]
SECRET = b"the-key-is-under-the-mat"
SVG = b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'
CHECK_ALL = """
import json, sys, time
from pathlib import Path
import django
django.setup()
from django.contrib.auth.models import Permission
from django.core.files.base import ContentFile
from django.core.files.storage import FileSystemStorage
from support.attachments import clean
from support.photos import Refused
results = {}
for path in sorted(Path(sys.argv[1]).glob("*/*")):
    started = time.perf_counter()
    try:
        outcome = clean(ContentFile(path.read_bytes())).content_type
    except Refused as refusal:
        outcome = f"refused: {refusal}"
    results[path.name] = [outcome, time.perf_counter() - started]
status = dict(line.split(":", 1) for line in Path("/proc/self/status").read_text().splitlines())
print(json.dumps([results, int(status["VmHWM"].split()[0]) // 1024]))
"""


def cleaned(content: bytes) -> attachments.Clean:
    return clean(ContentFile(content))


def opened(file: attachments.Clean) -> Image.Image:
    return Image.open(io.BytesIO(file.content))


def photo(format: str = "JPEG", size: tuple[int, int] = (80, 60), mode: str = "RGB", **options) -> bytes:
    buffer = io.BytesIO()
    Image.new(mode, size, "teal" if mode.startswith("RGB") else 0).save(buffer, format, **options)
    return buffer.getvalue()


def says_nothing(content: bytes) -> bool:
    picture = Image.open(io.BytesIO(content))
    chunks = {"exif", "icc_profile", "xmp", "comment", "photoshop"} & picture.info.keys()
    whole = int.from_bytes(content[4:8], "little") + 8 == len(content)
    return picture.format == "WEBP" and not picture.getexif() and not chunks and whole


# --- Photos ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", GOOD)
def test_photos_of_every_known_kind_come_out_clean(name, shared_data):
    file = cleaned((shared_data / "uploads" / "formats" / name).read_bytes())

    assert file.kind == Attachment.Kind.IMAGE
    assert file.content_type == "image/webp"
    assert (file.width, file.height) == opened(file).size
    assert says_nothing(file.content)


@pytest.mark.parametrize("name", OTHER)
def test_photos_of_other_kinds_are_refused(name, shared_data):
    content = (shared_data / "uploads" / "formats" / name).read_bytes()

    with pytest.raises(Refused):
        cleaned(content)


def test_no_place_is_left_in_a_photo(shared_data):
    for path in (shared_data / "uploads" / "gps").iterdir():
        file = cleaned(path.read_bytes())

        assert says_nothing(file.content), path.name
        assert not any(word in file.content for word in (b"GPS", b"Apple", b"HTC", b"NIKON")), path.name


def test_photos_are_turned_upright(shared_data):
    folder = shared_data / "uploads"
    upright = opened(cleaned((folder / "formats" / "hopper.jpg").read_bytes())).convert("L")

    for path in (folder / "orientation").iterdir():
        turned = opened(cleaned(path.read_bytes())).convert("L")
        difference = ImageChops.difference(turned, upright).resize((1, 1)).getpixel((0, 0))
        assert difference < 20, path.name


@pytest.mark.promise("A-I.16")
def test_nothing_that_was_written_into_a_photo_survives():
    exif = Image.Exif()
    exif[0x010E] = exif[0x9286] = SECRET.decode()
    exif.get_ifd(0x8825)[2] = (52.0, 31.0, 12.0)
    text = PngInfo()
    text.add_text("Comment", SECRET.decode())
    text.add_itxt("XML:com.adobe.xmp", SECRET.decode(), zip=True)
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    jpeg = photo(exif=exif, comment=SECRET, xmp=SECRET, icc_profile=profile) + SECRET
    png = photo("PNG", pnginfo=text, exif=exif, icc_profile=profile) + SECRET
    webp = photo("WEBP", exif=exif, xmp=SECRET, icc_profile=profile) + SECRET
    gif = photo("GIF", comment=SECRET) + SECRET

    for written in (jpeg, png, webp, gif):
        file = cleaned(written)

        assert SECRET in written
        assert SECRET not in file.content
        assert says_nothing(file.content)


def test_a_thumbnail_of_what_was_cut_off_is_gone():
    thumbnail = photo(size=(16, 16), comment=SECRET)
    photograph = photo()
    written = (
        photograph[:2] + b"\xff\xe1" + (len(thumbnail) + 2).to_bytes(2, "big") + thumbnail + photograph[2:]
    )

    file = cleaned(written)

    assert SECRET not in file.content
    assert file.content.count(b"\xff\xd8\xff") == 0


def test_colours_of_a_profile_are_kept_without_it():
    lab = photo("JPEG", mode="CMYK")

    assert opened(cleaned(lab)).mode == "RGB"


def test_only_the_first_picture_of_an_animation_is_kept():
    frames = [Image.new("RGB", (8, 8), colour) for colour in ("teal", "red")]
    buffer = io.BytesIO()
    frames[0].save(buffer, "GIF", save_all=True, append_images=frames[1:])

    picture = opened(cleaned(buffer.getvalue()))

    assert getattr(picture, "n_frames", 1) == 1


def test_a_large_photo_becomes_smaller():
    file = cleaned(photo(size=(5000, 2500)))

    assert (file.width, file.height) == (photos.MAX_SIDE, photos.MAX_SIDE // 2)


def test_a_program_behind_a_photo_is_gone():
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w") as zipped:
        zipped.writestr("run.js", SECRET)
    polyglot = photo("GIF") + b"/*" + archive.getvalue() + b"*/=1;alert(1)//"

    file = cleaned(polyglot)

    assert says_nothing(file.content)
    assert not any(word in file.content for word in (b"alert", b"PK\x03\x04", SECRET))


# --- What is refused ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\x00" * 5000,
        SVG,
        b'<?xml version="1.0"?>' + SVG,
        b"<!doctype html><script>alert(1)</script>",
        b"%PDF-1.7\n1 0 obj\n",
        b"MZ\x90\x00" + b"\x00" * 100,
        b"PK\x03\x04" + b"\x00" * 100,
        b"plain words",
    ],
)
def test_what_is_neither_photo_nor_video_is_refused(content):
    with pytest.raises(NotEvidence):
        cleaned(content)


def test_the_name_and_the_announced_type_count_for_nothing():
    as_photo = SimpleUploadedFile("photo.jpg", SVG, content_type="image/jpeg")
    as_script = SimpleUploadedFile("photo.js", photo("PNG"), content_type="text/javascript")

    with pytest.raises(NotEvidence):
        clean(as_photo)
    assert clean(as_script).content_type == "image/webp"


def test_a_head_without_a_body_is_refused():
    with pytest.raises((NotAPicture, Unreadable)):
        cleaned(photo()[:20])
    with pytest.raises(Unreadable):
        cleaned(photo("PNG", size=(500, 500))[:300])


def test_too_many_pixels_are_refused_before_they_are_drawn():
    png = photo("PNG")
    head = b"IHDR" + struct.pack(">II", 20_000, 20_000) + png[24:29]

    with pytest.raises(TooManyPixels):
        cleaned(png[:12] + head + struct.pack(">I", zlib.crc32(head)) + png[33:])


def test_a_photo_drawn_over_and_over_again_is_refused():
    progressive = photo(progressive=True)
    scan = progressive[progressive.index(photos.START_OF_SCAN) : -2]
    written = progressive[:-2] + scan * photos.MAX_SCANS + progressive[-2:]

    with pytest.raises(Unreadable):
        cleaned(written)


def test_too_large_a_photo_is_refused():
    with pytest.raises(TooLarge):
        cleaned(photo() + b"\x00" * attachments.MAX_PHOTO)


def test_every_file_of_the_trial_is_settled_quickly_and_in_little_memory(shared_data):
    command = [sys.executable, "-c", CHECK_ALL, str(shared_data / "uploads")]
    environment = {"DJANGO_SETTINGS_MODULE": "tests.settings", "PATH": "/usr/bin:/bin"}

    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=True)

    results, peak = json.loads(done.stdout.splitlines()[-1])
    assert len(results) > 60
    assert {name: seconds for name, (_outcome, seconds) in results.items() if seconds > 2} == {}
    assert {outcome for outcome, _seconds in results.values() if "refused: " not in outcome} == {"image/webp"}
    assert peak < 300


# --- Videos ------------------------------------------------------------------------------------------------


@pytest.fixture
def ffmpeg():
    if shutil.which("ffmpeg") is None:
        pytest.skip("needs ffmpeg")


def film(folder: Path, name: str, *codecs: str) -> bytes:
    path = folder / name
    command = ["ffmpeg", "-v", "error", "-f", "lavfi", "-i", "testsrc=size=64x48:rate=5:duration=1"]
    words = ["-metadata", f"title={SECRET.decode()}", "-metadata", f"location={SECRET.decode()}"]
    subprocess.run([*command, *codecs, *words, "-movflags", "use_metadata_tags", str(path)], check=True)
    return path.read_bytes()


@pytest.mark.promise("A-I.16")
@pytest.mark.parametrize(
    ("name", "codec", "content_type"),
    [
        ("a.mp4", "libx264", "video/mp4"),
        ("a.mov", "libx264", "video/mp4"),
        ("a.webm", "libvpx", "video/webm"),
    ],
)
def test_a_video_comes_out_without_what_was_written_into_it(ffmpeg, tmp_path, name, codec, content_type):
    written = film(tmp_path, name, "-c:v", codec)

    file = cleaned(written + SECRET)

    assert SECRET in written
    assert SECRET not in file.content
    assert (file.kind, file.content_type) == (Attachment.Kind.VIDEO, content_type)
    assert (file.width, file.height) == (64, 48)


def test_a_damaged_video_is_refused_and_leaves_nothing_on_the_disk(ffmpeg, tmp_path, monkeypatch):
    written = film(tmp_path, "a.mp4", "-c:v", "libx264")
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path / "temporary"))
    (tmp_path / "temporary").mkdir()

    with pytest.raises(Unreadable):
        cleaned(written[:200])

    assert list((tmp_path / "temporary").iterdir()) == []


def test_a_video_that_would_grow_without_end_is_refused(ffmpeg, tmp_path, monkeypatch):
    written = film(tmp_path, "a.mp4", "-c:v", "libx264")
    monkeypatch.setattr(videos, "LIMITS", ("--fsize=500",))

    with pytest.raises(Unreadable):
        cleaned(written)


def test_without_the_program_videos_are_refused_in_clear_words(monkeypatch):
    monkeypatch.setenv("PATH", "/nowhere")

    with pytest.raises(videos.NoVideos, match="Please send photos"):
        cleaned(b"\x00\x00\x00\x20ftypisom\x00\x00\x02\x00isomiso2avc1mp41" + b"\x00" * 100)
    assert not any(name.startswith("video/") for name in attachments.accepted_types())


# --- The field ---------------------------------------------------------------------------------------------


def test_the_field_names_every_file_that_is_refused():
    field = EvidenceField()

    with pytest.raises(Exception, match=r"first\.pdf") as refusal:
        field.clean([SimpleUploadedFile("first.pdf", b"%PDF-1.7"), SimpleUploadedFile("<b>.gif", b"GIF89a")])

    assert len(refusal.value.messages) == 2
    assert field.clean([SimpleUploadedFile("a.png", photo("PNG"))])[0].kind == "image"
    assert field.clean([]) == []


def test_more_than_five_files_are_refused():
    files = [SimpleUploadedFile(f"{n}.png", photo("PNG")) for n in range(6)]

    with pytest.raises(Exception, match="at most 5"):
        EvidenceField().clean(files)


def test_the_field_takes_several_files_and_says_which():
    field = EvidenceField()
    files = MultiValueDict({"files": [SimpleUploadedFile("a.png", b""), SimpleUploadedFile("b.png", b"")]})

    html = field.widget.render("files", None, {"id": "files"})

    assert "multiple" in html
    assert 'accept="image/avif,image/gif,image/jpeg' in html
    assert len(field.widget.value_from_datadict({}, files, "files")) == 2
    assert "15 MB" in str(field.help_text)


# --- Kept and shown ----------------------------------------------------------------------------------------


@pytest.fixture(autouse=True)
def folder(tmp_path, monkeypatch):
    """Each test with a folder of its own for people's files."""
    field = Attachment._meta.get_field("file")
    monkeypatch.setattr(field, "storage", FileSystemStorage(tmp_path / "private"))
    return tmp_path / "private"


@pytest.fixture
def file_of(db):
    MarketFactory()
    return AttachmentFactory()


@pytest.mark.django_db
def test_what_lies_on_the_disk_is_sealed(settings):
    content = photo()
    message = MessageFactory()

    [attachment] = attachments.add(message, [cleaned(content)])

    stored = Path(attachment.file.path).read_bytes()
    assert b"WEBP" not in stored
    assert attachment.size == len(attachment.file.read())
    assert "attachments/" in attachment.file.name
    assert len(list(Path(attachment.file.path).parent.iterdir())) == 1


@pytest.mark.promise("A-I.16")
def test_the_link_of_the_ticket_shows_its_evidence(client, path_of, file_of):
    token = page_token(file_of.message.ticket)

    response = client.get(path_of("support:attachment", token, file_of.reference))

    assert response.status_code == 200
    assert response["Content-Type"] == "image/webp"
    assert response["Content-Disposition"].startswith("inline")
    assert response["X-Content-Type-Options"] == "nosniff"
    assert response["Content-Security-Policy"] == "default-src 'none'; sandbox"
    assert response["Cache-Control"] == "no-store"
    assert response.content == file_of.file.read()


def test_a_video_is_handed_over_as_a_file(client, path_of, file_of):
    Attachment.objects.update(kind="video", content_type="video/mp4")

    response = client.get(
        path_of("support:attachment", page_token(file_of.message.ticket), file_of.reference)
    )

    assert response["Content-Disposition"].startswith('attachment; filename="video-')


@pytest.mark.promise("A-I.16")
def test_a_stranger_gets_404_everywhere(client, path_of, file_of):
    alice, bob = AgentFactory(is_staff=False), AgentFactory(is_staff=False)
    type(file_of.message.ticket).objects.update(subject=alice.subject)
    reference, ticket = file_of.reference, file_of.message.ticket.reference
    other = page_token(TicketFactory())
    client.force_login(bob)

    paths = [
        path_of("support:attachment", other, reference),
        path_of("support:attachment", ticket + "x" * 43, reference),
        path_of("support:attachment", page_token(file_of.message.ticket), "x" * 43),
        path_of("support:my_attachment", ticket, reference),
        "/media/" + file_of.file.name,
    ]

    assert [client.get(path).status_code for path in paths] == [404] * len(paths)
    assert client.get(f"/admin/support/ticket/evidence/{reference}/").status_code in (302, 404)
    client.force_login(alice)
    assert client.get(path_of("support:my_attachment", ticket, reference)).status_code == 200


def test_an_agent_sees_evidence_from_the_admin_and_staff_without_the_right_does_not(client, file_of):
    address = f"/admin/support/ticket/evidence/{file_of.reference}/"
    agent, packer = AgentFactory(), AgentFactory()
    agent.user_permissions.add(Permission.objects.get(codename="view_ticket"))

    client.force_login(agent)
    assert client.get(address).status_code == 200
    client.force_login(packer)
    assert client.get(address).status_code == 404


def test_nobody_sees_the_evidence_of_somebody_who_is_erased(client, path_of, file_of):
    file_of.subject.key.delete()

    response = client.get(
        path_of("support:attachment", page_token(file_of.message.ticket), file_of.reference)
    )

    assert response.status_code == 404


# --- Gone --------------------------------------------------------------------------------------------------


def test_evidence_ends_half_a_year_after_the_ticket_is_closed(file_of, django_capture_on_commit_callbacks):
    path, ticket = Path(file_of.file.path), file_of.message.ticket
    tickets.close(ticket)
    nearly, over = timezone.localdate() + timedelta(days=180), timezone.localdate() + timedelta(days=190)

    with time_machine.travel(nearly), django_capture_on_commit_callbacks(execute=True):
        retention.purge(as_of=nearly, only="support.attachment")
    assert path.exists()
    with time_machine.travel(over), django_capture_on_commit_callbacks(execute=True):
        retention.purge(as_of=over, only="support.attachment")

    assert not Attachment.objects.exists()
    assert not path.exists()
    assert type(ticket).objects.filter(pk=ticket.pk).exists()


def test_files_that_belong_to_nothing_are_removed_after_a_day(file_of):
    kept = AttachmentFactory()
    Attachment.objects.filter(pk=file_of.pk).delete()  # without its file, as when a transaction fails
    assert attachments.sweep() == 0

    with time_machine.travel(timezone.now() + timedelta(days=2)):
        assert attachments.sweep() == 1

    assert not Path(file_of.file.path).exists()
    assert Path(kept.file.path).exists()


# --- The size of a request ---------------------------------------------------------------------------------


@pytest.mark.django_db
def test_a_request_that_announces_too_much_is_refused_unread(client, path_of, settings):
    MarketFactory()
    settings.MAX_REQUEST_BYTES = 1024

    response = client.post(path_of("catalogue:home"), {"file": plain_picture("a.png", (600, 600))})

    assert response.status_code == 413
    assert "fewer of them" in response.text


@pytest.mark.django_db
def test_what_is_too_large_for_memory_leaves_nothing_on_the_disk(client, path_of, settings, tmp_path):
    MarketFactory()
    settings.FILE_UPLOAD_MAX_MEMORY_SIZE = 100
    settings.FILE_UPLOAD_TEMP_DIR = str(tmp_path)
    upload = SimpleUploadedFile("photo.png", photo("PNG"))

    client.post(path_of("support:contact"), {"category": "other", "body": "Look", "evidence": upload})

    assert Attachment.objects.count() == 1
    assert [path for path in tmp_path.iterdir() if path.is_file()] == []
