import type { Frame } from './frame.ts';
import { pathOf, project, wall, type Point } from './project.ts';
import type { Shape } from './types.ts';

export function roof(f: Frame): Shape[] {
	const H = f.top * f.storey;
	const { a, b, notch: g, x1, x2, y1, y2 } = f;
	const outline: Point[] = [
		[0, 0],
		[a, 0],
		[a, y1],
		[a - g, y1],
		[a - g, y2],
		[a, y2],
		[a, b],
		[x2, b],
		[x2, b - g],
		[x1, b - g],
		[x1, b],
		[0, b]
	];
	const inner: Point[] = [
		[4, 4],
		[a - 4, 4],
		[a - 4, y1 - 3],
		[a - g - 4, y1 - 3],
		[a - g - 4, y2 + 3],
		[a - 4, y2 + 3],
		[a - 4, b - 4],
		[x2 + 3, b - 4],
		[x2 + 3, b - g - 4],
		[x1 - 3, b - g - 4],
		[x1 - 3, b - 4],
		[4, b - 4]
	];
	const flat = (points: Point[], z: number) => pathOf(points.map(([x, y]) => project(x, y, z)));
	const box = (ax: number, ay: number, cx: number, cy: number, h: number): Shape[] => [
		{ cls: 'l cap', d: wall([ax, cy], [cx, cy], H, h) },
		{ cls: 'r cap', d: wall([cx, cy], [cx, ay], H, h) },
		{
			cls: 'roof',
			d: flat(
				[
					[ax, ay],
					[cx, ay],
					[cx, cy],
					[ax, cy]
				],
				H + h
			)
		}
	];
	return [
		{ cls: 'roof', d: flat(outline, H) },
		{ cls: 'parapet', d: flat(inner, H) },
		...box(a * 0.3, b * 0.26, a * 0.62, b * 0.58, a * 0.115),
		...box(a * 0.7, b * 0.3, a * 0.8, b * 0.46, a * 0.0625)
	];
}

export function ground(f: Frame): Shape[] {
	const { a, b, margin: m, notch, y1, y2 } = f;
	const flat = (points: Point[]) => pathOf(points.map(([x, y]) => project(x, y, 0)));
	return [
		{
			cls: 'ground',
			d: flat([
				[-m, -m],
				[a + m, -m],
				[a + m, b + m],
				[-m, b + m]
			])
		},
		{
			cls: 'path',
			d: flat([
				[a - notch, y1],
				[a + m * 0.78, y1],
				[a + m * 0.78, b + m],
				[a + m * 0.22, b + m],
				[a + m * 0.22, y2],
				[a - notch, y2]
			])
		}
	];
}

export function edges(f: Frame): Shape[] {
	const H = f.top * f.storey;
	return [
		{ cls: 'edge', d: pathOf([project(0, f.b, 0), project(0, f.b, H)], false) },
		{ cls: 'edge soft', d: pathOf([project(f.a, f.b, 0), project(f.a, f.b, H)], false) },
		{ cls: 'edge', d: pathOf([project(f.a, 0, 0), project(f.a, 0, H)], false) }
	];
}
