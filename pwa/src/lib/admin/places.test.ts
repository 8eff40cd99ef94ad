import { expect, it } from 'vitest';
import { degree, plainFloors } from './places.ts';

it('numbers floors without a nought, and gives refuge floors no doors', () => {
	const floors = plainFloors(3, 1, 2, [3]);
	expect(floors.map(({ ordinal, label }) => [ordinal, label])).toEqual([
		[-1, 'B1'],
		[1, '1'],
		[2, '2'],
		[3, '3']
	]);
	expect(floors[2]!.dwellings).toEqual(['201', '202']);
	expect(floors[1]!.dwellings).toEqual([]);
	expect(floors[3]).toMatchObject({ is_refuge: true, dwellings: [] });
});

it('takes a degree only when it is one', () => {
	expect(degree('30.19', 90)).toBe(30.19);
	expect(degree('', 90)).toBeNull();
	expect(degree('120', 90)).toBeNull();
	expect(degree('三十', 180)).toBeNull();
});
