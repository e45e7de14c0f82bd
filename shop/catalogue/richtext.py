"""Descriptions as simple HTML."""

import re
from html import unescape

import nh3
from django.utils.html import linebreaks, strip_tags

TAGS = {"p", "ul", "ol", "li", "strong", "em", "br", "h3", "a"}
ALSO_WRITTEN = {
    "b": "strong",
    "i": "em",
    "h1": "h3",
    "h2": "h3",
    "h4": "h3",
    "h5": "h3",
    "h6": "h3",
    "div": "p",
}


def clean_html(text: str) -> str:
    """The text with the few tags a description needs; plain text becomes paragraphs."""
    if not text.strip():
        return ""
    if not re.search(r"<[a-zA-Z/!]", text):
        text = linebreaks(unescape(text), autoescape=True)
    for other, tag in ALSO_WRITTEN.items():
        text = re.sub(rf"(</?){other}(?=[\s>/])", rf"\1{tag}", text, flags=re.IGNORECASE)
    clean = nh3.clean(text, tags=TAGS, attributes={"a": {"href"}}, url_schemes={"http", "https"}).strip()
    return clean if "<" in clean else clean_html(clean)  # what lost all its tags is plain text now


def plain_text(html: str, *, limit: int) -> str:
    """The words alone, cut at a word's end."""
    words = " ".join(unescape(strip_tags(re.sub(r"<(br|/p|/li)\b", r" <\1", html))).split())
    if len(words) <= limit:
        return words
    return words[: limit - 1].rsplit(" ", 1)[0] + "…"
