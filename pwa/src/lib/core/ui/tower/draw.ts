import { drawAnnotations } from './annotate.ts';
import { frameOf } from './frame.ts';
import { edges, ground, roof } from './outside.ts';
import { project } from './project.ts';
import { basement, specials, walls } from './storeys.ts';
import type { TowerDrawing, TowerInput } from './types.ts';

/** The whole drawing of a building from its data. Pure: the same input, the same picture. */
export function draw(input: TowerInput): TowerDrawing {
	const f = frameOf(input);
	const notes = drawAnnotations(f, input);
	const m = f.margin;
	const tree = (x: number, y: number, r: number) => {
		const [cx, cy] = project(x, y, r * 1.5);
		return { x: cx, y: cy, r, foot: project(x, y, 0)[1] };
	};
	const left = Math.min(project(-m, f.b + m, 0)[0], notes.left);
	const right = project(f.a + m, -m, 0)[0];
	const H = f.top * f.storey;
	const top =
		Math.min(project(f.a * 0.3, f.b * 0.26, H + f.a * 0.115)[1], project(0, 0, H)[1], notes.top) - 4;
	const bottom = Math.max(
		project(f.a + m, f.b + m, 0)[1],
		project(f.a, f.b, -f.depth * f.storey)[1],
		notes.bottom
	);
	return {
		box: { x: left - 2, y: top, width: right - left + 3, height: bottom - top + 3 },
		shapes: [
			...ground(f),
			...basement(f),
			...walls(f, input),
			...roof(f),
			...edges(f),
			...specials(f, input)
		],
		trees: [
			tree(f.a + m * 0.5, -m * 0.4, 4),
			tree(f.a * 0.14, f.b + m * 0.55, 4),
			tree(f.a * 0.3, f.b + m * 0.6, 3.2),
			tree(f.a * 0.74, f.b + m * 0.6, 3.6)
		],
		labels: notes.labels,
		ticks: notes.ticks,
		flags: notes.flags,
		route: notes.route,
		fault: notes.fault,
		edgeOf: (ordinal) => project(0, f.b, f.floorZ(ordinal) + f.storey / 2)
	};
}
