"""A video as evidence: its streams copied into a new file without metadata. Needs `ffmpeg` and `prlimit`."""

import json
import shutil
import subprocess
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NamedTuple

from django.utils.translation import gettext as _

from support.photos import Refused, Unreadable

MAX_BYTES = 50 * 1024 * 1024
SECONDS = 20  # copying takes about one for the largest file
PROGRAMS = ("prlimit", "ffmpeg", "ffprobe")
# A small file can name one picture a million times, or tables of any size, and fill disk or memory.
LIMITS = (f"--fsize={MAX_BYTES + 1024**2}", f"--as={1024**3}", f"--cpu={SECONDS}")
# What programs and cameras write between the frames (SEI), by codec; these codecs are kept, others refused.
WITHOUT_NOTES = {
    "h264": "filter_units=remove_types=6",
    "hevc": "filter_units=remove_types=39|40",
    "vp8": "null",
    "vp9": "null",
    "av1": "null",
}


class Container(NamedTuple):
    reader: str
    writer: str
    content_type: str


MP4 = Container("mov", "mp4", "video/mp4")
WEBM = Container("matroska", "webm", "video/webm")
CONTAINERS = {
    "video/mp4": MP4,
    "video/quicktime": MP4,
    "video/3gpp": MP4,
    "video/webm": WEBM,
}


class NoVideos(Refused):
    """This shop cannot clean videos, so it takes none."""


class NotAVideo(Refused):
    pass


class Video(NamedTuple):
    content: bytes
    content_type: str
    width: int
    height: int


def are_accepted() -> bool:
    return all(shutil.which(program) for program in PROGRAMS)


def copy_streams(content: bytes, container: Container) -> Video:
    """The first streams of picture and sound. The temporary files are gone afterwards, whatever happens."""
    if not are_accepted():
        raise NoVideos(_("We cannot take videos here. Please send photos."))
    with TemporaryDirectory(prefix="video-") as folder:
        source, target = Path(folder) / "source", Path(folder) / "target"
        source.write_bytes(content)
        codec, width, height = _probe(source, container)
        _run(*_copying(source, target, container, codec))
        return Video(target.read_bytes(), container.content_type, width, height)


def _probe(source: Path, container: Container) -> tuple[str, int, int]:
    wanted = "stream=codec_name,width,height"
    options = ["-select_streams", "V:0", "-show_entries", wanted, "-of", "json"]
    answer = json.loads(_run("ffprobe", *_reading(container), *options, str(source)))
    streams = answer.get("streams") or [{}]
    codec = streams[0].get("codec_name", "")
    if codec not in WITHOUT_NOTES:
        raise NotAVideo(not_a_video())
    return codec, int(streams[0].get("width", 0)), int(streams[0].get("height", 0))


def _reading(container: Container) -> list[str]:
    """Only this kind of file, and nothing it may point to elsewhere."""
    return ["-v", "error", "-protocol_whitelist", "file", "-f", container.reader]


def _copying(source: Path, target: Path, container: Container, codec: str) -> list[str]:
    """Streams as they are; no other streams, cover pictures, subtitles, chapters or notes."""
    return [
        *("ffmpeg", "-nostdin", *_reading(container), "-i", str(source)),
        *("-map", "0:V:0", "-map", "0:a:0?", "-c", "copy", "-bsf:v", WITHOUT_NOTES[codec]),
        *("-map_metadata", "-1", "-map_metadata:s", "-1", "-map_chapters", "-1"),
        *("-fflags", "+bitexact", "-flags", "+bitexact", "-threads", "1"),
        *(("-movflags", "+faststart") if container is MP4 else ()),
        *("-f", container.writer, str(target)),
    ]


def _run(*command: str) -> bytes:
    limited = ("prlimit", *LIMITS, *command)
    try:
        done = subprocess.run(limited, capture_output=True, timeout=SECONDS, check=True)  # noqa: S603
    except (subprocess.CalledProcessError, subprocess.TimeoutExpired) as error:
        raise Unreadable(_("This video is damaged and cannot be opened.")) from error
    return done.stdout


def not_a_video() -> str:
    return _("This is not a video in one of these formats: MP4, MOV, WebM.")
