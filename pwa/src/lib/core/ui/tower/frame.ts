import type { Point } from './project.ts';
import type { Shape, TowerInput } from './types.ts';

const PLAN = { a: 96, b: 70, notch: 9, margin: 20 };
const HEIGHT = 290;
export const BULGE = 2.5; // a burning floor steps out of the wall, so that it is not known by colour alone

export type Frame = {
	a: number;
	b: number;
	notch: number;
	margin: number;
	/** stair notches: x1..x2 on the left wall, y1..y2 on the right one */
	x1: number;
	x2: number;
	y1: number;
	y2: number;
	top: number;
	depth: number;
	storey: number;
	floorZ: (ordinal: number) => number;
};

export function frameOf(input: TowerInput): Frame {
	const { a, b, notch, margin } = input.plan ?? PLAN;
	const top = Math.max(1, ...input.floors.map((floor) => floor.ordinal));
	const depth = Math.max(0, ...input.floors.map((floor) => -floor.ordinal));
	const storey = Math.min(26, Math.max(4.4, (input.height ?? HEIGHT) / top));
	return {
		a,
		b,
		notch,
		margin,
		x1: a * 0.42,
		x2: a * 0.58,
		y1: b * 0.4,
		y2: b * 0.6,
		top,
		depth,
		storey,
		floorZ: (ordinal) => (ordinal > 0 ? ordinal - 1 : ordinal) * storey
	};
}

/** Floors above ground to be marked as unwatched; of a tower that is mostly dark the darkness says it. */
export function markedDark(input: TowerInput, top: number): number[] {
	const dark = [...new Set(input.unwatched ?? [])].filter((k) => k > 0 && k <= top).sort((a, b) => a - b);
	return dark.length * 2 < top ? dark : [];
}

export type Bay = { from: Point; to: Point; isLeft: boolean };

export function bays(f: Frame, bulge = 0): Bay[] {
	const e = bulge;
	return [
		{ from: [0, f.b + e], to: [f.x1 + e / 2, f.b + e], isLeft: true },
		{ from: [f.x2, f.b + e], to: [f.a + e, f.b + e], isLeft: true },
		{ from: [f.a + e, f.y1], to: [f.a + e, 0], isLeft: false },
		{ from: [f.a + e, f.b + e], to: [f.a + e, f.y2], isLeft: false }
	];
}

/** Collects path data by class, so that a tower of 60 floors is a dozen elements and not two thousand. */
export class Layers {
	#paths = new Map<string, string[]>();
	add(cls: string, d: string): void {
		const list = this.#paths.get(cls);
		if (list) list.push(d);
		else this.#paths.set(cls, [d]);
	}
	shapes(...classes: string[]): Shape[] {
		return classes.flatMap((cls) => {
			const list = this.#paths.get(cls);
			return list ? [{ cls, d: list.join('') }] : [];
		});
	}
}
