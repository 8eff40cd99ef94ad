import { describe, expect, test } from 'vitest';
import { draw } from './draw.ts';
import { frameOf } from './frame.ts';
import { project, textWidth } from './project.ts';
import { spread } from './spread.ts';
import type { TowerFloor, TowerInput } from './types.ts';

function storeys(top: number, options: { depth?: number; refuge?: number[] } = {}): TowerFloor[] {
	const floors: TowerFloor[] = [];
	for (let k = -(options.depth ?? 0); k <= top; k++)
		if (k)
			floors.push({
				ordinal: k,
				label: k < 0 ? 'B' + -k : String(k),
				isRefuge: options.refuge?.includes(k) ?? false
			});
	return floors;
}

const words = {
	own: (label: string) => label + ' 我家',
	mark: (label: string) => label + ' 着火',
	refuge: (label: string) => label + ' 避难层',
	unwatched: (label: string) => label + ' 没有看守'
};
const tower = (input: Partial<TowerInput>) => draw({ floors: storeys(33), words, ...input });
const count = (d: string | undefined) => (d?.match(/M/g) ?? []).length;
const shape = (drawing: ReturnType<typeof draw>, cls: string) =>
	drawing.shapes.find((one) => one.cls === cls)?.d;

describe('projection', () => {
	test('up is up and the two plan axes mirror each other', () => {
		expect(project(0, 0, 10)).toEqual([0, -10]);
		const [right, left] = [project(10, 0, 0), project(0, 10, 0)];
		expect(right[0]).toBe(-left[0]);
		expect(right[1]).toBe(left[1]);
	});
	test('Chinese is twice as wide as figures', () => {
		expect(textWidth('着火', 14)).toBeGreaterThan(textWidth('21', 14) * 1.5);
	});
});

describe('a floor of its own colour', () => {
	test('shows of a stair notch only what the wall before it leaves free', () => {
		const f = frameOf({ floors: storeys(33) });
		const xs = (cls: string) =>
			[...(shape(tower({ own: 18 }), cls) ?? '').matchAll(/[ML](-?[\d.]+) /g)].map(([, x]) => Number(x));
		const leftWall = project(f.x2, f.b, 0)[0];
		const leftNotch = xs('groove-l own').filter((x) => x < 0);
		expect(leftNotch.length).toBeGreaterThan(0);
		expect(Math.max(...leftNotch)).toBeLessThanOrEqual(leftWall + 0.1);
	});
});

describe('floors that nobody watches', () => {
	test('are unlit, marked, and neighbours named together', () => {
		const drawing = tower({ unwatched: [12, 13, 20], isLit: false });
		expect(count(shape(drawing, 'dark'))).toBe(3 * 4);
		expect(drawing.labels.filter((one) => one.cls === 'unwatched').map((one) => one.text)).toEqual([
			'12–13 没有看守',
			'20 没有看守'
		]);
		expect(count(shape(drawing, 'wl'))).toBeLessThan(count(shape(tower({ isLit: false }), 'wl')));
	});
	test('are most of the house: its darkness says it, no floor is named', () => {
		const drawing = tower({ unwatched: storeys(33).map((one) => one.ordinal) });
		expect(shape(drawing, 'dark')).toBeUndefined();
		expect(drawing.labels.some((one) => one.cls === 'unwatched')).toBe(false);
	});
});

describe('floors', () => {
	test.each([2, 3, 18, 33, 60])('a house of %i floors has windows on each and fits its box', (top) => {
		const drawing = tower({ floors: storeys(top), isLit: false });
		const perFloor = top > 53 ? 8 : 14;
		expect(count(shape(drawing, 'wl')) + count(shape(drawing, 'wr'))).toBe(top * perFloor);
		for (const one of drawing.shapes)
			for (const [, x, y] of one.d.matchAll(/[ML](-?[\d.]+) (-?[\d.]+)/g)) {
				expect(Number(x)).toBeGreaterThanOrEqual(drawing.box.x);
				expect(Number(x)).toBeLessThanOrEqual(drawing.box.x + drawing.box.width);
				expect(Number(y)).toBeGreaterThanOrEqual(drawing.box.y);
				expect(Number(y)).toBeLessThanOrEqual(drawing.box.y + drawing.box.height);
			}
	});
	test('storeys share the height between 4.4 and 26 px', () => {
		expect(frameOf({ floors: storeys(2) }).storey).toBe(26);
		expect(frameOf({ floors: storeys(33), height: 290 }).storey).toBeCloseTo(8.79, 1);
		expect(frameOf({ floors: storeys(90) }).storey).toBe(4.4);
	});
	test('there is no floor 0: the first basement lies directly under the ground floor', () => {
		const frame = frameOf({ floors: storeys(10, { depth: 2 }) });
		expect(frame.floorZ(1)).toBe(0);
		expect(frame.floorZ(-1)).toBe(-frame.storey);
		expect(frame.depth).toBe(2);
	});
	test('a basement is drawn in outline, a house without one has none', () => {
		expect(count(shape(tower({ floors: storeys(10, { depth: 2 }) }), 'under'))).toBe(4);
		expect(shape(tower({}), 'under')).toBeUndefined();
	});
	test('a refuge floor is open and has no windows', () => {
		const plain = tower({ isLit: false });
		const drawing = tower({ floors: storeys(33, { refuge: [11, 22] }), isLit: false });
		expect(count(shape(drawing, 'void'))).toBe(2 * 12);
		expect(count(shape(plain, 'wl')) - count(shape(drawing, 'wl'))).toBe(16);
		expect(drawing.labels.map((label) => label.text)).toContain('22 避难层');
	});
	test('the same house has the same lit windows each time; what is not watched stays dark', () => {
		expect(shape(tower({}), 'lamp')).toBe(shape(tower({}), 'lamp'));
		expect(count(shape(tower({ unwatched: [5] }), 'wl'))).toBeLessThan(count(shape(tower({}), 'wl')));
		expect(shape(tower({ isLit: false }), 'lamp')).toBeUndefined();
	});
	test('labels may differ from ordinals: 3A and a missing 4', () => {
		const floors = [1, 2, 3, 4, 5].map((ordinal) => ({
			ordinal,
			label: ['1', '2', '3', '3A', '5'][ordinal - 1]!
		}));
		const drawing = tower({ floors, own: 4, marks: [{ ordinal: 5, kind: 'fire' }] });
		expect(drawing.flags.map((flag) => flag.text)).toEqual(['3A 我家', '5 着火']);
	});
});

describe('marks', () => {
	test('a burning floor steps out of the wall and has a ledge; the own floor does not', () => {
		const drawing = tower({ own: 18, marks: [{ ordinal: 21, kind: 'fire' }] });
		expect(shape(drawing, 'ledge fire')).toBeDefined();
		expect(shape(drawing, 'l own')).toBeDefined();
		expect(shape(drawing, 'ledge own')).toBeUndefined();
	});
	test('when the own floor burns it is drawn burning, with one flag', () => {
		const drawing = tower({ own: 18, marks: [{ ordinal: 18, kind: 'fire' }] });
		expect(shape(drawing, 'l own')).toBeUndefined();
		expect(drawing.flags.map((flag) => flag.text)).toEqual(['18 着火']);
	});
	test('neighbouring burning floors share a flag, others have their own', () => {
		const marks = [18, 7, 19, 20].map((ordinal) => ({ ordinal, kind: 'fire' as const }));
		expect(tower({ marks }).flags.map((flag) => flag.text)).toEqual(['7 着火', '18–20 着火']);
	});
	test('across the ground: B1 and 1 are neighbours', () => {
		const floors = storeys(10, { depth: 1 });
		const marks = [-1, 1].map((ordinal) => ({ ordinal, kind: 'fire' as const }));
		expect(tower({ floors, marks }).flags.map((flag) => flag.text)).toEqual(['B1–1 着火']);
	});
	test('a floor the house does not have is not drawn', () => {
		expect(
			tower({ marks: [{ ordinal: 99, kind: 'fire' }] }).shapes.some((one) => one.cls.includes('fire'))
		).toBe(false);
	});
	test('flags never overlap, also on neighbouring floors', () => {
		const drawing = tower({
			own: 20,
			marks: [
				{ ordinal: 21, kind: 'fire' },
				{ ordinal: 23, kind: 'suspect' }
			]
		});
		const sorted = [...drawing.flags].sort((a, b) => a.y - b.y);
		sorted.slice(1).forEach((flag, i) => expect(flag.y - sorted[i]!.y).toBeGreaterThanOrEqual(flag.h + 4.9));
		expect(sorted.map((flag) => flag.kind)).toEqual(['suspect', 'fire', 'own']);
	});
	test('a label that a flag would cover is left out', () => {
		const floors = storeys(33, { refuge: [22] });
		expect(tower({ floors }).labels.some((label) => label.cls === 'refuge')).toBe(true);
		expect(tower({ floors, own: 22 }).labels.some((label) => label.cls === 'refuge')).toBe(false);
	});
	test('the fault has a mark on its floor and words at the left', () => {
		const drawing = tower({
			floors: storeys(33, { depth: 1 }),
			fault: { ordinal: -1, text: '地下 1 层 水泵房' }
		});
		expect(drawing.fault!.text.text).toBe('地下 1 层 水泵房');
		expect(drawing.fault!.text.x).toBeLessThan(drawing.fault!.x);
		expect(drawing.box.x).toBeLessThan(drawing.fault!.text.x - textWidth('地下 1 层 水泵房', 14) + 1);
	});
});

describe('way out', () => {
	const own = 18;
	test('numbers stand at the door, in the stair and outside, going down', () => {
		const route = tower({ own, route: { side: 'right' } }).route!;
		expect(route.dots.map((dot) => dot.n)).toEqual([1, 2, 3]);
		expect(route.dots[0]!.y).toBeLessThan(route.dots[1]!.y);
		expect(route.dots[1]!.y).toBeLessThan(route.dots[2]!.y);
		expect(count(route.arrows)).toBeGreaterThan(3);
	});
	test('the left stair is left of the right one', () => {
		const at = (side: 'left' | 'right') => tower({ own, route: { side } }).route!.dots[1]!.x;
		expect(at('left')).toBeLessThan(at('right'));
	});
	test('up to a refuge floor the arrows point up and it ends in the house', () => {
		const route = tower({ own, route: { side: 'right', to: 22 } }).route!;
		expect(route.dots[2]!.y).toBeLessThan(route.dots[0]!.y);
	});
	test('no numbers where the advice counts otherwise, and no way without a home', () => {
		expect(tower({ own, route: { side: 'left', isNumbered: false } }).route!.dots).toEqual([]);
		expect(tower({ route: { side: 'left' } }).route).toBeNull();
	});
});

describe('spread', () => {
	test('leaves alone what is far apart', () => expect(spread([0, 50, 100], 30)).toEqual([0, 50, 100]));
	test('shares the displacement and keeps the order', () =>
		expect(spread([100, 100], 30)).toEqual([85, 115]));
	test('groups push groups', () => {
		const placed = spread([0, 10, 35], 30);
		expect(placed[1]! - placed[0]!).toBeCloseTo(30);
		expect(placed[2]! - placed[1]!).toBeGreaterThanOrEqual(30 - 1e-6);
		expect(placed.reduce((a, b) => a + b, 0) / 3).toBeCloseTo(15);
	});
	test('answers in the order of the wishes', () => {
		const placed = spread([90, 10], 30);
		expect(placed[0]).toBe(90);
		expect(placed[1]).toBe(10);
	});
});
