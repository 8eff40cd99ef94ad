"""All pictures on one page, small, in the order of the screens."""

from __future__ import annotations

import html
from pathlib import Path

from playwright.sync_api import Browser

from tests.screens.camera import Finding

STYLE = (
    "body{margin:24px;background:#d5dedb;font:14px sans-serif}section{margin-bottom:28px}"
    "div{display:flex;gap:14px;align-items:flex-start}img{border-radius:10px;max-height:520px;object-fit:cover;"
    "object-position:top}figure{margin:0}figcaption{margin-top:4px;font-size:11px}"
)


def _longest(picture: Path) -> Path:
    long = picture.with_suffix(".long.png")
    return long if long.exists() else picture


def write(browser: Browser, findings: list[Finding], folder: Path) -> Path:
    """contact.html, and contact.png of it; returns the picture."""
    rows = []
    for name in dict.fromkeys(finding.screen for finding in findings):
        own = [finding for finding in findings if finding.screen == name and finding.picture.exists()]
        pictures = "".join(
            f"<figure><img src='{_longest(f.picture).name}' width='{190 if '-390' in f.look else 460}'>"
            f"<figcaption>{html.escape(f.look)}{'' if f.is_clean else ' ✗'}</figcaption></figure>"
            for f in own
        )
        rows.append(f"<section><h3>{html.escape(name)}</h3><div>{pictures}</div></section>")
    page_file = folder / "contact.html"
    page_file.write_text(f"<!doctype html><meta charset=utf-8><style>{STYLE}</style>{''.join(rows)}")
    page = browser.new_page(viewport={"width": 1860, "height": 1000})
    page.goto(page_file.as_uri())
    picture = folder / "contact.png"
    page.screenshot(path=picture, full_page=True)
    page.close()
    return picture
