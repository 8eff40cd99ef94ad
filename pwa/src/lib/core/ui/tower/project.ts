/** Axonometric drawing: x runs to the lower right, y to the lower left, z up; one unit is one pixel. */
export type Point = readonly [x: number, y: number];

const COS = 0.866;
const SIN = 0.5;

export function project(x: number, y: number, z: number): Point {
	return [(x - y) * COS, (x + y) * SIN - z];
}

const digits = (n: number) => (Math.round(n * 10) / 10).toString();

/** An SVG path through the points; closed unless told otherwise. */
export function pathOf(points: readonly Point[], isClosed = true): string {
	return 'M' + points.map((p) => `${digits(p[0])} ${digits(p[1])}`).join('L') + (isClosed ? 'Z' : '');
}

/** An upright rectangle on the line from p to q (plan coordinates), from z to z + h. */
export function wall(p: Point, q: Point, z: number, h: number): string {
	return pathOf([
		project(p[0], p[1], z),
		project(q[0], q[1], z),
		project(q[0], q[1], z + h),
		project(p[0], p[1], z + h)
	]);
}

/** The same rectangle to be put at many heights: where it begins at z = 0, and its outline from there. */
export function panel(p: Point, q: Point, z: number, h: number): { x: number; y: number; outline: string } {
	const [x, y] = project(p[0], p[1], z);
	const [right, low] = project(q[0], q[1], z);
	const [along, down] = [digits(right - x), digits(low - y)];
	const [back, up] = [digits(x - right), digits(y - low)];
	return { x, y, outline: `l${along} ${down}v${digits(-h)}l${back} ${up}z` };
}

/** A panel lifted by z. */
export const lifted = (one: { x: number; y: number; outline: string }, z: number): string =>
	`M${digits(one.x)} ${digits(one.y - z)}${one.outline}`;

/** A point on the way from p to q. */
export function along(p: Point, q: Point, t: number): Point {
	return [p[0] + (q[0] - p[0]) * t, p[1] + (q[1] - p[1]) * t];
}

/** Width of a text in pixels, well enough to draw a box around it: Chinese is square, the rest about half. */
export function textWidth(text: string, size: number): number {
	let ems = 0;
	for (const letter of text) ems += letter.codePointAt(0)! > 0x2e80 ? 1 : letter === ' ' ? 0.28 : 0.58;
	return ems * size;
}
