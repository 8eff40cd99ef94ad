"""Whether the rows of an import fit each other, the estate as it stands, and what the asker may do."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable

from backend.kernel.access import Actor
from backend.transfers import cells
from backend.transfers.drafts import Draft, Known
from backend.transfers.problems import Problems, Wrong
from backend.transfers.sheets import Line

IMPORT = "imports.run"


class Outline:
    """The names that will exist after the import: those that are there and those that the files add."""

    def __init__(self, draft: Draft, known: Known) -> None:
        self.buildings = set(known.buildings) | {line.get("name") for line in draft.buildings}
        self.transmitters = set(known.transmitters) | {line.get("name") for line in draft.transmitters}
        names = {b.id: name for name, b in known.buildings.items()}
        ordinals = {f.id: f.ordinal for f in known.floors.values()}
        self.floors = {(names[b], ordinal) for b, ordinal in known.floors}
        self.dwellings = {(names[b], number): ordinals[d.floor_id] for (b, number), d in known.dwellings.items()}
        self.home = {name: t.building_id and names.get(t.building_id) for name, t in known.transmitters.items()}
        for line in draft.floors:
            self.floors.add((line.get("building"), line.get("ordinal")))
            for number in line.get("dwellings", ()):
                self.dwellings.setdefault((line.get("building"), number), line.get("ordinal"))
        for line in draft.transmitters:
            self.home[line.get("name")] = line.get("building") or self.home.get(line.get("name"))


def check(draft: Draft, known: Known, actor: Actor, problems: Problems) -> None:
    """Put everything that does not fit into `problems`."""
    outline = Outline(draft, known)
    _check_estate(draft, known, actor, problems)
    _once("estate", draft.buildings, lambda x: x.get("name"), "name", problems)
    _once("estate", draft.floors, lambda x: (x.get("building"), x.get("ordinal")), "ordinal", problems)
    _check_buildings(draft, outline, problems)
    _check_floors(draft, outline, problems)
    for line in draft.hydrants:
        _readable("estate", line, "kind", cells.hydrant, problems)
    _once("transmitters", draft.transmitters, lambda x: x.get("name"), "name", problems)
    for line in draft.transmitters:
        _named("transmitters", line, "building", outline.buildings, problems)
    _once("devices", draft.devices, point, "component_address", problems)
    for line in draft.devices:
        _check_device(line, outline, problems)
    _once("people", draft.people, _holding, "phone", problems)
    for line in draft.people:
        _check_person(line, outline, known, actor, problems)


def point(line: Line) -> tuple[object, ...]:
    """What names a device within an estate."""
    names = ("transmitter", "system_type", "system_address", "component_type", "component_address")
    return tuple(line.get(name) for name in names)


def _holding(line: Line) -> tuple[object, ...]:
    return tuple(line.get(name) for name in ("phone", "role", "building", "dwelling"))


def _check_estate(draft: Draft, known: Known, actor: Actor, problems: Problems) -> None:
    for line in draft.estates[1:]:
        problems.add("estate", line.row, "what", "一次只能导入一个小区", "one estate at a time")
    row = draft.estates[0].row if draft.estates else 0
    if known.estate is None and not draft.estates:
        problems.add("estate", 0, "", "没有选小区，文件里也没有小区这一行", "choose an estate, or send a row for one")
    elif known.estate is None and known.area is None:
        problems.add("estate", row, "area", "没有这个区划", "no such area")
    elif not actor.may(IMPORT, known.path):
        problems.add("estate", row, "area", "不在您的范围内", "not within your scope")


def _check_buildings(draft: Draft, outline: Outline, problems: Problems) -> None:
    for line in draft.buildings:
        _readable("estate", line, "kind", cells.kind, problems)
        for name in line.get("joined_to", ()):
            if name not in outline.buildings or name == line.get("name"):
                problems.add("estate", line.row, "joined_to", "没有这栋楼", "no such building")


def _check_floors(draft: Draft, outline: Outline, problems: Problems) -> None:
    for line in draft.floors:
        _named("estate", line, "building", outline.buildings, problems)
        for number in line.get("dwellings", ()):
            if outline.dwellings.get((line.get("building"), number)) != line.get("ordinal"):
                zh = f"户号 {number} 已经在这栋楼的另一层"
                problems.add("estate", line.row, "dwellings", zh, f"dwelling {number} is on another floor already")


def _check_device(line: Line, outline: Outline, problems: Problems) -> None:
    _named("devices", line, "transmitter", outline.transmitters, problems)
    _named("devices", line, "building", outline.buildings, problems)
    building = line.get("building") or outline.home.get(line.get("transmitter"))
    floor, dwelling = line.get("floor"), line.get("dwelling")
    if floor is not None and (building, floor) not in outline.floors:
        problems.add("devices", line.row, "floor", "这栋楼没有这一层", "this building has no such floor")
    if dwelling is not None and (building, dwelling) not in outline.dwellings:
        problems.add("devices", line.row, "dwelling", "这栋楼没有这一户", "this building has no such dwelling")


def _check_person(line: Line, outline: Outline, known: Known, actor: Actor, problems: Problems) -> None:
    role, building, dwelling = line.get("role"), line.get("building"), line.get("dwelling")
    _named("people", line, "building", outline.buildings, problems)
    if role == "resident":
        if (building, dwelling) not in outline.dwellings:
            problems.add("people", line.row, "dwelling", "居民要写明楼栋和户号，且户号要存在", "no such dwelling")
        needed = "residents.admit"
    else:
        if dwelling is not None:
            problems.add("people", line.row, "dwelling", "只有居民填户号", "only residents have a dwelling")
        if role == "grid_worker" and building is not None:
            problems.add(
                "people", line.row, "building", "网格员管整个小区，不填楼栋", "a grid worker has the whole estate"
            )
        needed = "grants.manage"
    if role and not actor.may(needed, known.path):
        problems.add("people", line.row, "role", "您不能授予这个身份", "you cannot give this role")


def _named(file: str, line: Line, column: str, names: Iterable[object], problems: Problems) -> None:
    if line.get(column) is not None and line.get(column) not in names:
        problems.add(
            file, line.row, column, "没有这个名称，请与其他文件核对", "no such name: compare with the other files"
        )


def _readable(file: str, line: Line, column: str, read: cells.Read, problems: Problems) -> None:
    try:
        read(line.get(column, "pillar"))
    except Wrong as wrong:
        problems.add(file, line.row, column, wrong.zh, wrong.en)


def _once(file: str, rows: list[Line], key: Callable[[Line], Hashable], column: str, problems: Problems) -> None:
    first: dict[Hashable, int] = {}
    for line in rows:
        before = first.setdefault(key(line), line.row)
        if before != line.row:
            problems.add(file, line.row, column, f"与第 {before} 行重复", f"the same as row {before}")
