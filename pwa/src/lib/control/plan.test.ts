import { describe, expect, it } from 'vitest';
import { around, commonStart, drawEstate, onEdge, withoutStart } from './plan.ts';

const rect = { x: 0, y: 0, w: 100, h: 50 };

describe('the ring road', () => {
	it('is met at its nearest point, from outside and from inside', () => {
		expect(onEdge(rect, { x: 120, y: 20 })).toEqual({ x: 100, y: 20 });
		expect(onEdge(rect, { x: 90, y: 25 })).toEqual({ x: 100, y: 25 });
	});
	it('is followed the shorter way round', () => {
		expect(around(rect, { x: 100, y: 20 }, { x: 50, y: 50 })).toEqual([
			{ x: 100, y: 20 },
			{ x: 100, y: 50 },
			{ x: 50, y: 50 }
		]);
		expect(around(rect, { x: 10, y: 0 }, { x: 0, y: 20 })).toEqual([
			{ x: 10, y: 0 },
			{ x: 0, y: 0 },
			{ x: 0, y: 20 }
		]);
	});
});

describe('the names on a plan', () => {
	it('leave out what all of them begin with, but never a number', () => {
		const names = ['晨光里 10 号楼', '晨光里 1 号楼'];
		expect(commonStart(names)).toBe('晨光里');
		expect(names.map((name) => withoutStart(name, '晨光里'))).toEqual(['10 号楼', '1 号楼']);
		expect(commonStart(['晨光里 7 号楼'])).toBe('');
		expect(withoutStart('裙房', '裙房')).toBe('裙房');
	});
});

describe('the plan of an estate', () => {
	const house = (id: string, lat: number, lon: number, kind = 'tower') => ({ id, name: id, kind, lat, lon });
	const gate = (id: string, lat: number, lon: number, is_fire_lane: boolean) => ({
		id,
		name: id,
		lat,
		lon,
		is_fire_lane
	});
	it('draws nothing without a position', () => {
		expect(drawEstate([], [], [], null)).toBeNull();
	});
	it('leads from a fire lane to the marked building', () => {
		const plan = drawEstate(
			[house('a', 30, 120), house('b', 30, 120.001)],
			[gate('near', 29.9995, 120.001, false), gate('lane', 30, 120.002, true)],
			[],
			'b'
		);
		expect(plan?.target?.id).toBe('b');
		expect(plan?.route).toMatch(/^M192\.3 0L/);
	});
	it('puts what lies under the others first', () => {
		const plan = drawEstate([house('a', 30, 120), house('cellar', 30, 120, 'garage')], [], [], null);
		expect(plan?.houses.map(({ id }) => id)).toEqual(['cellar', 'a']);
		expect(plan?.route).toBeNull();
	});
});
