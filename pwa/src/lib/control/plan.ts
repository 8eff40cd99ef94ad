/** A simple drawn plan of an estate: buildings, gates and hydrants from their coordinates, no tiles, one pixel = one metre. */

export type Spot = { id: string; name: string; lat: number; lon: number };
export type House = Spot & { kind: string };
export type Gate = Spot & { is_fire_lane: boolean };
export type Xy = { x: number; y: number };
export type Rect = { x: number; y: number; w: number; h: number };

/** What the names of an estate's buildings begin with alike: "晨光里" of "晨光里 7 号楼". */
export function commonStart(names: readonly string[]): string {
	const [first = '', ...rest] = names;
	let length = 0;
	while (length < first.length && rest.length && rest.every((name) => name[length] === first[length]))
		length += 1;
	return first.slice(0, length).replace(/[\d\s]+$/, '');
}

export const withoutStart = (name: string, common: string): string =>
	(name.startsWith(common) && name.slice(common.length).trim()) || name;

const LAT_M = 111_000;
/* what a building of its kind covers, in metres: good enough to find it, and marked as a drawing */
const SIZE: Record<string, [number, number]> = {
	tower: [44, 30],
	podium: [96, 20],
	garage: [150, 74],
	plant: [60, 36],
	house: [30, 22]
};
const MARGIN = 56;
const ROAD = 22;

export type EstateDrawing = {
	/** What must be seen: the way in and the building, or all of the estate when nothing is marked. */
	box: Rect;
	ring: Rect;
	houses: (House & Rect & { isFlat: boolean })[];
	gates: (Gate & Xy)[];
	hydrants: (Spot & Xy)[];
	/** From each gate to the ring road. */
	lanes: string[];
	/** From the chosen gate to the burning building. */
	route: string | null;
	target: (House & Rect) | null;
};

const clamp = (value: number, low: number, high: number) => Math.min(high, Math.max(low, value));

/** The nearest point on the edge of a rectangle. */
export function onEdge(rect: Rect, point: Xy): Xy {
	const x = clamp(point.x, rect.x, rect.x + rect.w);
	const y = clamp(point.y, rect.y, rect.y + rect.h);
	if (x !== point.x || y !== point.y) return { x, y };
	const sides: [number, Xy][] = [
		[x - rect.x, { x: rect.x, y }],
		[rect.x + rect.w - x, { x: rect.x + rect.w, y }],
		[y - rect.y, { x, y: rect.y }],
		[rect.y + rect.h - y, { x, y: rect.y + rect.h }]
	];
	return sides.sort((a, b) => a[0] - b[0])[0]![1];
}

/** How far round the edge a point lies, clockwise from the top left corner. */
function position(rect: Rect, { x, y }: Xy): number {
	if (y <= rect.y) return x - rect.x;
	if (x >= rect.x + rect.w) return rect.w + (y - rect.y);
	if (y >= rect.y + rect.h) return rect.w + rect.h + (rect.x + rect.w - x);
	return 2 * rect.w + rect.h + (rect.y + rect.h - y);
}

/** From one point of the edge to another along the shorter way round. */
export function around(rect: Rect, from: Xy, to: Xy): Xy[] {
	const total = 2 * (rect.w + rect.h);
	const corners: [number, Xy][] = [
		[0, { x: rect.x, y: rect.y }],
		[rect.w, { x: rect.x + rect.w, y: rect.y }],
		[rect.w + rect.h, { x: rect.x + rect.w, y: rect.y + rect.h }],
		[2 * rect.w + rect.h, { x: rect.x, y: rect.y + rect.h }]
	];
	const [a, b] = [position(rect, from), position(rect, to)];
	const ahead = (b - a + total) % total;
	const isClockwise = ahead <= total / 2;
	const passed = corners
		.map(([at, corner]) => ({
			far: isClockwise ? (at - a + total) % total : (a - at + total) % total,
			corner
		}))
		.filter(({ far }) => far > 0 && far < (isClockwise ? ahead : total - ahead))
		.sort((one, other) => one.far - other.far)
		.map(({ corner }) => corner);
	return [from, ...passed, to];
}

const path = (points: Xy[]) =>
	'M' + points.map(({ x, y }) => `${Math.round(x * 10) / 10} ${Math.round(y * 10) / 10}`).join('L');

/** Pure: the same places, the same picture. Answers null when no building has a position. */
export function drawEstate(
	houses: readonly House[],
	gates: readonly Gate[],
	hydrants: readonly Spot[],
	targetId: string | null
): EstateDrawing | null {
	const placed = houses.filter((house) => Number.isFinite(house.lat) && Number.isFinite(house.lon));
	const first = placed[0];
	if (!first) return null;
	const east = LAT_M * Math.cos((first.lat * Math.PI) / 180);
	const xy = ({ lat, lon }: { lat: number; lon: number }): Xy => ({
		x: (lon - first.lon) * east,
		y: (first.lat - lat) * LAT_M
	});
	const drawn = placed.map((house) => {
		const [w, h] = SIZE[house.kind] ?? SIZE['house']!;
		const { x, y } = xy(house);
		return { ...house, x: x - w / 2, y: y - h / 2, w, h, isFlat: house.kind === 'garage' };
	});
	const [gatesAt, hydrantsAt] = [
		gates.map((gate) => ({ ...gate, ...xy(gate) })),
		hydrants.map((hydrant) => ({ ...hydrant, ...xy(hydrant) }))
	];
	const all = [
		...drawn,
		...gatesAt.map((g) => ({ ...g, w: 0, h: 0 })),
		...hydrantsAt.map((g) => ({ ...g, w: 0, h: 0 }))
	];
	const around4 = (items: readonly Rect[], margin: number): Rect => {
		const x = Math.min(...items.map((item) => item.x)) - margin;
		const y = Math.min(...items.map((item) => item.y)) - margin;
		return {
			x,
			y,
			w: Math.max(...items.map((item) => item.x + item.w)) + margin - x,
			h: Math.max(...items.map((item) => item.y + item.h)) + margin - y
		};
	};
	const ring = around4(
		drawn.filter((house) => !house.isFlat).length ? drawn.filter((h) => !h.isFlat) : drawn,
		ROAD
	);
	const target = drawn.find((house) => house.id === targetId) ?? null;
	const way = target ? routeTo(target, gatesAt, ring) : null;
	const seen = target && way ? [target, ...way.map((point) => ({ ...point, w: 0, h: 0 }))] : all;
	return {
		box: around4(seen, MARGIN),
		ring,
		houses: drawn.sort((a, b) => Number(b.isFlat) - Number(a.isFlat)),
		gates: gatesAt,
		hydrants: hydrantsAt,
		lanes: gatesAt.map((gate) => path([gate, onEdge(ring, gate)])),
		route: way ? path(way) : null,
		target
	};
}

function routeTo(target: House & Rect, gates: (Gate & Xy)[], ring: Rect): Xy[] | null {
	const centre = { x: target.x + target.w / 2, y: target.y + target.h / 2 };
	const far = (gate: Xy) => Math.hypot(gate.x - centre.x, gate.y - centre.y);
	const gate = [...gates].sort(
		(a, b) => Number(b.is_fire_lane) - Number(a.is_fire_lane) || far(a) - far(b)
	)[0];
	if (!gate) return null;
	const [enter, leave] = [onEdge(ring, gate), onEdge(ring, centre)];
	const door = {
		x: clamp(leave.x, target.x, target.x + target.w),
		y: clamp(leave.y, target.y, target.y + target.h)
	};
	return [gate, ...around(ring, enter, leave), door];
}
