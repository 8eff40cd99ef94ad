"""`python -m tests.screens [--only NAME ...]`: start the system, play the scene, photograph every screen.

Writes screens/ (not kept in git) and the twelve chosen pictures into docs/pictures/. Ends with 1 when a screen has
an axe violation, a cut text, too small a target, or makes the browser complain.
"""

from __future__ import annotations

import argparse
import shutil
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

from tests.screens import sheet
from tests.screens.camera import Finding, chromium, open_look, take
from tests.screens.looks import DESK, LOOKS, Look, pairs_missing
from tests.screens.rooms import CHOSEN, SCREENS, Screen
from tests.screens.scene import MOMENTS, Scene
from tests.stack import ROOT, Stack

FOLDER = ROOT / "screens"
PICTURES = ROOT / "docs" / "pictures"


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.screens", description=__doc__)
    parser.add_argument("--only", action="append", default=[], help="a screen's name; may be given several times")
    parser.add_argument("--look", action="append", default=[], help="a look's name; may be given several times")
    parser.add_argument("--chosen", action="store_true", help="only the twelve of the README")
    asked = parser.parse_args()
    assert not pairs_missing(), pairs_missing()
    screens = [screen for screen in SCREENS if not asked.only or screen.name in asked.only]
    with tempfile.TemporaryDirectory(prefix="screens-") as folder, Stack(Path(folder)).running() as stack:
        scene = Scene(stack)
        findings = []
        for moment, begin in MOMENTS.items():
            now = [screen for screen in screens if screen.moment == moment]
            if now:
                begin(scene)
                findings += photograph(scene, now, _wanted(asked))
        contact(findings)
    if not asked.only and not asked.look:
        choose()
    return report(findings)


Wanted = Callable[[Screen, Look], bool]


def _wanted(asked: argparse.Namespace) -> Wanted:
    """Which screens in which looks were asked for."""
    if asked.chosen:
        return lambda screen, look: (screen.name, look.name) in CHOSEN
    if asked.look:
        return lambda _screen, look: look.name in asked.look
    return lambda screen, look: look in LOOKS or (screen.name, look.name) in CHOSEN


def photograph(scene: Scene, screens: list[Screen], is_wanted: Wanted) -> list[Finding]:
    """Every screen in every look that is wanted."""
    findings = []
    FOLDER.mkdir(exist_ok=True)
    with chromium() as browser:
        for look in (*LOOKS, DESK):
            wanted = [screen for screen in screens if is_wanted(screen, look)]
            for role in dict.fromkeys(screen.who for screen in wanted):
                context = open_look(browser, scene, look, role)
                own = [screen for screen in wanted if screen.who == role]
                findings += [take(context, scene, screen, look, FOLDER) for screen in own]
                context.close()
    return findings


def contact(findings: list[Finding]) -> None:
    """All of them on one sheet."""
    with chromium() as browser:
        sheet.write(browser, findings, FOLDER)


def choose() -> None:
    """The twelve pictures of the README."""
    PICTURES.mkdir(parents=True, exist_ok=True)
    for screen, look in CHOSEN:
        picture = FOLDER / f"{screen}.{look}.png"
        if picture.exists():
            shutil.copyfile(picture, PICTURES / f"{screen}.{look}.png")


def report(findings: list[Finding]) -> int:
    """Say what is wrong, screen by screen; the exit code of the whole."""
    wrong = [finding for finding in findings if not finding.is_clean]
    for finding in wrong:
        print(f"{finding.screen} {finding.look}")
        for line in [*finding.axe, *finding.flaws, *finding.complaints]:
            print(f"    {line}")
    print(f"{len(findings)} pictures in {FOLDER}, {len(findings) - len(wrong)} without a finding")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
