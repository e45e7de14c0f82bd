"""Whatever some bytes may say once they are unwrapped: base64, zlib, gzip, deflate, zip (docx, xlsx), quoted-
printable, escapes of JSON, HTML and addresses, UTF-16; and again what is in there, four layers deep.

Sessions, signed values and queued tasks of Django and Celery are such layers. Nothing is unpickled: what a
pickle holds can be read in its bytes.
"""

import base64
import binascii
import html
import io
import quopri
import re
import unicodedata
import urllib.parse
import zipfile
import zlib
from collections.abc import Iterator
from itertools import product

DEPTH = 4
MOST_BYTES = 50_000_000  # of one layer, unpacked: a bomb is not
SHORTEST = 16  # base64 of less is a word
ACCENTS = re.compile("[\u0300-\u036f\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff\ufe20-\ufe2f]")
NUMBER = re.compile(r"\d[\d ()/.-]{7,}\d")
# In one piece, or in lines as mail programs fold it.
BASE64 = re.compile(rb"[A-Za-z0-9+/_-]{16,}(?:\r?\n[A-Za-z0-9+/_-]+)*={0,2}")
COMPRESSED = re.compile(rb"\x1f\x8b\x08|\x78[\x01\x5e\x9c\xda]")  # gzip and zlib, wherever they begin
WORDS = re.compile(rb"[\t\n\r -~]{8,}")  # what reads like text among bytes that do not, as in a picture
ESCAPED = re.compile(r'\\(?:u([0-9a-fA-F]{4})|(["\\/bfnrt]))')
SHORT_ESCAPES = {"b": "\b", "f": "\f", "n": "\n", "r": "\r", "t": "\t"}
GZIP, ZLIB, RAW = zlib.MAX_WBITS | 16, zlib.MAX_WBITS, -zlib.MAX_WBITS


def normal(text: str) -> str:
    """Without case, accents and spaces at the ends; phone numbers as bare digits."""
    if NUMBER.fullmatch(text.strip().lstrip("+")):
        return re.sub(r"\D", "", text)
    plain = text.replace("\x00", "")
    if plain.isascii():
        return plain.casefold().strip()
    return ACCENTS.sub("", unicodedata.normalize("NFKD", plain).casefold()).strip()


def readings(content: bytes, depth: int = DEPTH) -> Iterator[str]:
    """The content as text, and whatever it decodes to, as text again."""
    text = content.decode("utf-8", "replace")
    yield normal(text)
    yield re.sub(r"[ ()/.-]", "", text)  # numbers written in groups
    if b"\x00" in content:
        for start, code in product((0, 1), ("utf-16-le", "utf-16-be")):
            yield normal(content[start:].decode(code, "replace"))
    if depth:
        for inner in {*_texts_in(content, text), *_packed_in(content)} - {b"", content}:
            yield from readings(inner, depth - 1)


def _texts_in(content: bytes, text: str) -> Iterator[bytes]:
    if "\ufffd" in text:
        content = b"\n".join(WORDS.findall(content))
        text = content.decode()
        yield content
    if "&" in text:
        yield html.unescape(text).encode("utf-8", "replace")
    if "%" in text or "+" in text:
        yield urllib.parse.unquote_plus(text).encode("utf-8", "replace")
    if "\\" in text:
        yield _unescaped(text)
    if b"=" in content:
        yield quopri.decodestring(content)
    for match in BASE64.finditer(content):
        words = match.group().split()
        for word in {b"".join(words), *words}:
            yield from _from_base64(word)


def _unescaped(text: str) -> bytes:
    """As JSON writes it; what lies beyond the first 65,536 letters takes two escapes."""

    def letter(match: re.Match[str]) -> str:
        return chr(int(match[1], 16)) if match[1] else SHORT_ESCAPES.get(match[2], match[2])

    pairs = ESCAPED.sub(letter, text).encode("utf-16-le", "surrogatepass")
    return pairs.decode("utf-16-le", "replace").encode()


def _from_base64(word: bytes) -> Iterator[bytes]:
    bare = word.rstrip(b"=").translate(bytes.maketrans(b"-_", b"+/"))
    if len(bare) < SHORTEST:
        return
    try:
        yield base64.b64decode(bare + b"=" * (-len(bare) % 4))
    except binascii.Error:
        return


def _packed_in(content: bytes) -> Iterator[bytes]:
    yield from _inflated(content, RAW)
    for match in COMPRESSED.finditer(content):
        yield from _inflated(memoryview(content)[match.start() :], GZIP if match.group()[0] == 0x1F else ZLIB)
    if content[:2] == b"PK":
        yield from _unzipped(content)


def _inflated(content: bytes | memoryview, window: int) -> Iterator[bytes]:
    """Also what is there of a stream that is cut off."""
    try:
        yield zlib.decompressobj(window).decompress(content, MOST_BYTES)
    except zlib.error:
        return


def _unzipped(content: bytes) -> Iterator[bytes]:
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            for entry in archive.infolist():
                yield entry.filename.encode()
                with archive.open(entry) as file:
                    yield file.read(MOST_BYTES)
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, ValueError, EOFError, zlib.error):
        return
