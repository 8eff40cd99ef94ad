import { bays, BULGE, Layers, markedDark, type Frame } from './frame.ts';
import { along, lifted, panel, pathOf, project, wall } from './project.ts';
import type { MarkKind, Shape, TowerInput } from './types.ts';

/* windows of a bay as shares of its length: long bays left, short ones right */
const BAYS_LEFT = [
	[0.08, 0.3],
	[0.38, 0.47],
	[0.54, 0.63],
	[0.71, 0.93]
] as const;
const BAYS_RIGHT = [
	[0.09, 0.38],
	[0.47, 0.58],
	[0.67, 0.92]
] as const;
const BAYS_FEW = [
	[0.12, 0.42],
	[0.58, 0.88]
] as const;
const OPEN_BAYS = [
	[0.05, 0.3],
	[0.375, 0.625],
	[0.7, 0.95]
] as const;

/** Which windows are lit: the same ones each time, about one in six. */
function lamp(ordinal: number, bay: number, window: number): boolean {
	let seed = (ordinal * 73856093) ^ (bay * 19349663) ^ (window * 83492791);
	seed = Math.imul(seed ^ (seed >>> 13), 1274126177);
	return ((seed ^ (seed >>> 16)) >>> 0) % 100 < 17;
}

/** `hidden`: how much of the notch's back the wall before it covers; the walls' own pass paints over it by itself. */
function grooves(layers: Layers, f: Frame, z: number, h: number, suffix: string, hidden = 0): void {
	const [x2, y2] = [Math.max(f.x1, f.x2 - hidden), Math.max(f.y1, f.y2 - hidden)];
	layers.add('groove-l' + suffix, wall([f.x1, f.b - f.notch], [x2, f.b - f.notch], z, h));
	layers.add('groove-r' + suffix, wall([f.x1, f.b], [f.x1, f.b - f.notch], z, h));
	layers.add('groove-l' + suffix, wall([f.a - f.notch, f.y1], [f.a, f.y1], z, h));
	layers.add('groove-r' + suffix, wall([f.a - f.notch, f.y1], [f.a - f.notch, y2], z, h));
}

/** The windows of one storey on the ground: a tower of thirty is this one, lifted thirty times. */
function panes(f: Frame, bulge: number) {
	const few = f.storey < 5.4;
	return bays(f, bulge).flatMap((bay, b) =>
		(few ? BAYS_FEW : bay.isLeft ? BAYS_LEFT : BAYS_RIGHT).map(([u, v], window) => {
			const isMirrored = b === 1 || b === 2;
			const from = along(bay.from, bay.to, isMirrored ? 1 - v : u);
			const to = along(bay.from, bay.to, isMirrored ? 1 - u : v);
			return {
				bay: b,
				window,
				cls: bay.isLeft ? 'wl' : 'wr',
				...panel(from, to, f.storey * 0.3, f.storey * 0.5)
			};
		})
	);
}

type FloorKind = 'plain' | 'own' | MarkKind;

function openFloor(layers: Layers, f: Frame, z: number): void {
	for (const bay of bays(f))
		for (const [u, v] of OPEN_BAYS)
			layers.add(
				'void',
				wall(along(bay.from, bay.to, u), along(bay.from, bay.to, v), z + f.storey * 0.22, f.storey * 0.62)
			);
}

/** The ledges of a floor that steps out. */
function ledges(layers: Layers, f: Frame, z: number, cls: string): void {
	const e = BULGE;
	const { a, b, x1, x2, y1, y2 } = f;
	layers.add(cls, pathOf([project(0, b + e, z), project(x1, b + e, z), project(x1, b, z), project(0, b, z)]));
	layers.add(
		cls,
		pathOf(
			[
				[x2, b + e],
				[a + e, b + e],
				[a + e, y2],
				[a, y2],
				[a, b],
				[x2, b]
			].map(([x, y]) => project(x!, y!, z))
		)
	);
	layers.add(cls, pathOf([project(a + e, y1, z), project(a + e, 0, z), project(a, 0, z), project(a, y1, z)]));
}

function special(f: Frame, ordinal: number, kind: Exclude<FloorKind, 'plain'>): Shape[] {
	const layers = new Layers();
	const z = f.floorZ(ordinal);
	const bulge = kind === 'own' ? 0 : BULGE;
	const suffix = ' ' + kind;
	grooves(layers, f, z, f.storey, suffix, f.notch + bulge);
	for (const bay of bays(f, bulge))
		layers.add((bay.isLeft ? 'l' : 'r') + suffix, wall(bay.from, bay.to, z, f.storey));
	for (const pane of panes(f, bulge)) layers.add(pane.cls + suffix, lifted(pane, z));
	if (bulge) ledges(layers, f, z + f.storey, 'ledge' + suffix);
	return layers.shapes(...['groove-l', 'groove-r', 'l', 'r', 'wl', 'wr', 'ledge'].map((cls) => cls + suffix));
}

/** What lies under the ground is drawn as if the ground were glass: outlines only. */
export function basement(f: Frame): Shape[] {
	if (!f.depth) return [];
	const layers = new Layers();
	for (let k = 1; k <= f.depth; k++) {
		layers.add('under', wall([0, f.b], [f.a, f.b], f.floorZ(-k), f.storey));
		layers.add('under', wall([f.a, f.b], [f.a, 0], f.floorZ(-k), f.storey));
	}
	return layers.shapes('under');
}

export function walls(f: Frame, input: TowerInput): Shape[] {
	const layers = new Layers();
	const refuge = new Set(input.floors.filter((floor) => floor.isRefuge).map((floor) => floor.ordinal));
	const dark = new Set(input.unwatched ?? []);
	const H = f.top * f.storey;
	grooves(layers, f, 0, H, '');
	for (const bay of bays(f)) layers.add(bay.isLeft ? 'l' : 'r', wall(bay.from, bay.to, 0, H));
	for (const k of markedDark(input, f.top))
		for (const bay of bays(f)) layers.add('dark', wall(bay.from, bay.to, f.floorZ(k), f.storey));
	const storey = panes(f, 0);
	for (let k = 1; k <= f.top; k++) {
		const z = f.floorZ(k);
		if (refuge.has(k)) {
			grooves(layers, f, z, f.storey, ' refuge');
			openFloor(layers, f, z);
			continue;
		}
		if (dark.has(k)) continue;
		for (const pane of storey) {
			const isLamp = (input.isLit ?? true) && lamp(k, pane.bay, pane.window);
			layers.add(isLamp ? 'lamp' : pane.cls, lifted(pane, z));
		}
	}
	return layers.shapes(
		'groove-l',
		'groove-r',
		'groove-l refuge',
		'groove-r refuge',
		'l',
		'r',
		'dark',
		'wl',
		'wr',
		'lamp',
		'void'
	);
}

/** Bottom up, so that a floor that steps out lies over the one below. */
export function specials(f: Frame, input: TowerInput): Shape[] {
	const kinds = new Map<number, Exclude<FloorKind, 'plain'>>();
	if (input.own) kinds.set(input.own, 'own');
	for (const mark of input.marks ?? []) kinds.set(mark.ordinal, mark.kind);
	return [...kinds]
		.filter(([ordinal]) => ordinal !== 0 && ordinal <= f.top && ordinal >= -f.depth)
		.sort(([a], [b]) => a - b)
		.flatMap(([ordinal, kind]) => special(f, ordinal, kind));
}
