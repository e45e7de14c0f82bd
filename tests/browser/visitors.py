"""Chromium as different people use it."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from playwright.sync_api import BrowserType, Page, ViewportSize

PHONE: ViewportSize = {"width": 390, "height": 844}
DESK: ViewportSize = {"width": 1280, "height": 900}
COOKIES_BLOCKED = {"profile": {"default_content_setting_values": {"cookies": 2}}}


@contextmanager
def cautious_visitor(chromium: BrowserType, folder: Path, launch: dict[str, Any]) -> Iterator[Page]:
    """All cookies blocked in the browser's own settings, and no JavaScript."""
    (folder / "Default").mkdir(parents=True)
    (folder / "Default" / "Preferences").write_text(json.dumps(COOKIES_BLOCKED))
    context = chromium.launch_persistent_context(folder, java_script_enabled=False, viewport=DESK, **launch)
    try:
        yield context.pages[0]
    finally:
        context.close()


class Watch:
    """What a page did that it should not: other hosts asked, messages on the console, server errors."""

    def __init__(self, page: Page, *allowed: str) -> None:
        self.complaints: list[str] = []
        self.allowed = allowed
        page.on("request", lambda request: self.check_host(request.url))
        page.on("console", lambda message: self.note(message.type, message.text))
        page.on("pageerror", lambda error: self.note("error", str(error)))

    def check_host(self, url: str) -> None:
        if not url.startswith((*self.allowed, "data:")):
            self.complaints.append(f"asked another host: {url}")

    def note(self, type: str, text: str) -> None:
        if type in {"error", "warning"}:
            self.complaints.append(f"{type}: {text}")
