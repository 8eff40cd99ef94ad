"""Draws the app's icons into static/icons: one SVG, and PNGs of it by Chromium. Run from pwa/ after a change here.

python scripts/icons.py [path of chromium]
"""

from __future__ import annotations

import sys
from pathlib import Path

from playwright.sync_api import sync_playwright

OUT = Path("static/icons")
COS, SIN = 0.866, 0.5
TEAL, LEFT, RIGHT, ROOF, BAND, BAND_RIGHT = "#0A5A5C", "#E6EEEB", "#B7CBC5", "#FFFFFF", "#7ACBC2", "#54A79E"


def tower(scale: float, cx: float, cy: float, ink: str | None = None) -> str:
    """The house in axonometry around (cx, cy), its home floor lit; in one colour when `ink` is given."""
    a, floors, storey = 100, 7, 34

    def at(x: float, y: float, z: float) -> tuple[float, float]:
        return cx + scale * (x - y) * COS, cy + scale * ((x + y) * SIN - z - a / 2 + floors * storey / 2)

    def face(points: list[tuple[float, float, float]], fill: str) -> str:
        path = " ".join(f"{x:.1f},{y:.1f}" for x, y in (at(*p) for p in points))
        return f'<polygon points="{path}" fill="{fill}"/>'

    shapes = []
    for k in range(floors):
        z, h = k * storey, storey - (7 if ink else 5)
        own = k == 4
        left, right = (BAND, BAND_RIGHT) if own else (LEFT, RIGHT)
        if ink and own:
            continue
        shapes.append(face([(0, a, z), (a, a, z), (a, a, z + h), (0, a, z + h)], ink or left))
        shapes.append(face([(a, a, z), (a, 0, z), (a, 0, z + h), (a, a, z + h)], ink or right))
    top = floors * storey
    shapes.append(face([(0, 0, top), (a, 0, top), (a, a, top), (0, a, top)], ink or ROOF))
    return "".join(shapes)


def svg(size: int, radius: float, scale: float, ink: str | None = None) -> str:
    ground = "" if ink else f'<rect width="{size}" height="{size}" rx="{radius}" fill="{TEAL}"/>'
    body = tower(scale, size / 2, size / 2 + (4 if not ink else 0) * size / 512, ink)
    return f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {size} {size}">{ground}{body}</svg>\n'


ICONS = {
    "icon-192.png": (192, svg(512, 112, 1.12)),
    "icon-512.png": (512, svg(512, 112, 1.12)),
    "icon-180.png": (180, svg(512, 0, 1.02)),
    "maskable-192.png": (192, svg(512, 0, 0.86)),
    "maskable-512.png": (512, svg(512, 0, 0.86)),
    "badge-96.png": (96, svg(512, 0, 1.36, "#FFFFFF")),
}


def main(chromium: str) -> None:
    OUT.mkdir(parents=True, exist_ok=True)
    (OUT / "icon.svg").write_text(svg(512, 112, 1.12), "utf-8")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox", "--disable-dev-shm-usage"])
        for name, (size, drawing) in ICONS.items():
            page = browser.new_page(viewport={"width": size, "height": size})
            page.set_content(f"<style>body{{margin:0}}svg{{display:block;width:{size}px}}</style>{drawing}")
            page.screenshot(path=str(OUT / name), omit_background=True)
            page.close()
        browser.close()


if __name__ == "__main__":
    main(sys.argv[1] if len(sys.argv) > 1 else "/usr/bin/chromium")
