import { markedDark, type Frame } from './frame.ts';
import { pathOf, project, textWidth, type Point } from './project.ts';
import { spread } from './spread.ts';
import type { FaultMark, Flag, Label, Route, Shape, TowerInput, TowerWords } from './types.ts';

const PLAIN_WORDS: TowerWords = {
	own: (label) => label,
	mark: (label) => label,
	refuge: (label) => label,
	unwatched: (label) => label
};

const RULER_GAP = 9;
const ARROW_STEP = 15;

type Notes = {
	labels: Label[];
	ticks: Shape[];
	flags: Flag[];
	route: Route | null;
	fault: FaultMark | null;
	left: number;
	top: number;
	bottom: number;
};

/** Runs of neighbouring floors with the same mark share one flag: 18, 19, 20 become "18–20". */
function runs<K>(marks: readonly { ordinal: number; kind: K }[]): { kind: K; ordinals: number[] }[] {
	const found: { kind: K; ordinals: number[] }[] = [];
	for (const mark of [...marks].sort((a, b) => a.ordinal - b.ordinal)) {
		const last = found.at(-1);
		const before = last?.ordinals.at(-1);
		const isNext =
			before !== undefined && (mark.ordinal === before + 1 || (before === -1 && mark.ordinal === 1));
		if (last && last.kind === mark.kind && isNext) last.ordinals.push(mark.ordinal);
		else found.push({ kind: mark.kind, ordinals: [mark.ordinal] });
	}
	return found;
}

function flagsOf(f: Frame, input: TowerInput, middle: (ordinal: number) => number, edge: number): Flag[] {
	if (input.hasFlags === false) return [];
	const words = input.words ?? PLAIN_WORDS;
	const label = (ordinal: number) =>
		input.floors.find((floor) => floor.ordinal === ordinal)?.label ?? String(ordinal);
	const wanted: { kind: Flag['kind']; text: string; at: number }[] = [];
	const isMarked = (input.marks ?? []).some((mark) => mark.ordinal === input.own);
	if (input.own && !isMarked)
		wanted.push({ kind: 'own', text: words.own(label(input.own)), at: middle(input.own) });
	for (const run of runs(input.marks ?? [])) {
		const low = run.ordinals[0]!;
		const high = run.ordinals.at(-1)!;
		const name = low === high ? label(low) : `${label(low)}–${label(high)}`;
		const at = (middle(low) + middle(high)) / 2;
		wanted.push({ kind: run.kind, text: words.mark(name, run.kind), at });
	}
	const size = input.isLarge ? 20 : 14;
	const h = input.isLarge ? 32 : 26;
	const placed = spread(
		wanted.map((flag) => flag.at),
		h + 5
	);
	const lead = input.hasRuler === false ? 7 : 18;
	return wanted.map((flag, i) => {
		const w = Math.max(input.isLarge ? 76 : 58, Math.round(textWidth(flag.text, size) + 16));
		const y = placed[i]!;
		return {
			x: edge - lead - w,
			y,
			w,
			h,
			text: flag.text,
			kind: flag.kind,
			lead: pathOf(
				[
					[edge - lead, y],
					[edge + 1, flag.at]
				],
				false
			)
		};
	});
}

function ruler(f: Frame, input: TowerInput, middle: (o: number) => number, edge: number, flags: Flag[]) {
	const ticks = { major: '', minor: '' };
	const labels: Label[] = [];
	const x = edge - RULER_GAP;
	for (const floor of input.floors) {
		const k = floor.ordinal;
		const isMajor = k % 5 === 0 || k === 1 || k === f.top;
		ticks[isMajor ? 'major' : 'minor'] += `M${x} ${middle(k).toFixed(1)}h${isMajor ? -7 : -3.5}`;
	}
	const words = input.words ?? PLAIN_WORDS;
	const room = input.isLarge ? 26 : 19;
	const isFree = (y: number) =>
		flags.every((flag) => Math.abs(flag.y - y) > (flag.h + room) / 2 - 3) &&
		labels.every((label) => Math.abs(label.y - y) >= room);
	const put = (ordinal: number, text: string, cls: string) => {
		const y = middle(ordinal);
		if (isFree(y)) labels.push({ x: x - 12, y, text, cls });
	};
	const byOrdinal = new Map(input.floors.map((floor) => [floor.ordinal, floor]));
	put(f.top, byOrdinal.get(f.top)?.label ?? String(f.top), 'number');
	put(1, byOrdinal.get(1)?.label ?? '1', 'number');
	const name = (ordinal: number) => byOrdinal.get(ordinal)?.label ?? String(ordinal);
	for (const { ordinals } of runs(markedDark(input, f.top).map((ordinal) => ({ ordinal, kind: null })))) {
		const [low, high] = [ordinals[0]!, ordinals.at(-1)!];
		put(high, words.unwatched(low === high ? name(low) : `${name(low)}–${name(high)}`), 'unwatched');
	}
	for (const floor of input.floors)
		if (floor.isRefuge) put(floor.ordinal, words.refuge(floor.label), 'refuge');
	if (f.depth) put(-f.depth, byOrdinal.get(-f.depth)?.label ?? 'B' + f.depth, 'number');
	return {
		labels,
		ticks: [
			{ cls: 'tick', d: ticks.minor },
			{ cls: 'tick major', d: ticks.major }
		]
	};
}

/** Out of the flat, along the wall, into the stair's notch, down (or to a refuge floor), and away from the house. */
function routeOf(f: Frame, input: TowerInput): Route | null {
	if (!input.route || !input.own || input.own < 1) return null;
	const { a, b, notch, margin, x1, x2, y1, y2 } = f;
	const e = 0.6;
	const z = f.floorZ(input.own) + f.storey / 2;
	const target = input.route.to ?? 1;
	const isOut = target <= 1;
	const endZ = isOut ? 1 : f.floorZ(target) + f.storey / 2;
	const isRight = input.route.side === 'right';
	const shaft: [number, number] = isRight ? [a - notch + 4, (y1 + y2) / 2] : [(x1 + x2) / 2, b - notch + 4];
	const inside: Point[] = isRight
		? [project(a * 0.22, b + e, z), project(a + e, b + e, z), project(a + e, y2 - 1, z)]
		: [project(a + e, b * 0.22, z), project(a + e, b + e, z), project(x2 - 1, b + e, z)];
	const outside: Point[] = !isOut
		? []
		: isRight
			? [project(a + margin * 0.5, shaft[1], 0), project(a + margin * 0.5, b + margin * 0.42, 0)]
			: [project(shaft[0], b + margin * 0.5, 0), project(a + margin * 0.42, b + margin * 0.5, 0)];
	const points = [...inside, project(...shaft, z), project(...shaft, endZ), ...outside];
	const [sx] = project(...shaft, 0);
	const from = project(...shaft, z)[1];
	const to = project(...shaft, endZ)[1];
	const sign = to > from ? 1 : -1;
	let arrows = '';
	for (let y = from + sign * 16; (to - y) * sign > 8; y += sign * ARROW_STEP)
		arrows += `M${(sx - 3).toFixed(1)} ${(y - sign * 1.5).toFixed(1)}l3 ${sign * 3}l3 ${-sign * 3}`;
	const dot = (p: Point, n: number) => ({ x: p[0], y: p[1], n });
	return {
		d: pathOf(points, false),
		arrows,
		dots:
			input.route.isNumbered === false
				? []
				: [dot(points[0]!, 1), dot([sx, (from + to) / 2], 2), dot(points.at(-1)!, 3)]
	};
}

function faultOf(f: Frame, input: TowerInput, edge: number): FaultMark | null {
	if (!input.fault) return null;
	const z = f.floorZ(Math.min(f.top, Math.max(-Math.max(1, f.depth), input.fault.ordinal))) + f.storey / 2;
	const [x, y] = project(f.a * 0.5, f.b, z);
	const from = edge - (input.hasRuler === false ? 6 : 26);
	return {
		x,
		y,
		lead: `M${(x - 9).toFixed(1)} ${y.toFixed(1)}H${from.toFixed(1)}`,
		text: { x: from - 5, y, text: input.fault.text, cls: 'fault' }
	};
}

/** Everything that is written around the house: ruler, flags, way out, fault. */
export function drawAnnotations(f: Frame, input: TowerInput): Notes {
	const edge = project(0, f.b, 0)[0];
	const middle = (ordinal: number) => project(0, f.b, f.floorZ(ordinal) + f.storey / 2)[1];
	const flags = flagsOf(f, input, middle, edge);
	const scale = input.hasRuler === false ? { labels: [], ticks: [] } : ruler(f, input, middle, edge, flags);
	const fault = faultOf(f, input, edge);
	const size = input.isLarge ? 20 : 14;
	const labels = scale.labels.filter((label) => !fault || Math.abs(label.y - fault.text.y) > 16);
	const lefts = [...labels, ...(fault ? [fault.text] : [])].map(
		(label) => label.x - textWidth(label.text, size)
	);
	return {
		labels,
		ticks: scale.ticks,
		flags,
		route: routeOf(f, input),
		fault,
		left: Math.min(edge, ...lefts, ...flags.map((flag) => flag.x)),
		top: Math.min(Infinity, ...flags.map((flag) => flag.y - flag.h / 2)),
		bottom: Math.max(-Infinity, ...flags.map((flag) => flag.y + flag.h / 2))
	};
}
