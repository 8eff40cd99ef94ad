import { describe, expect, test } from 'vitest';
import type { BuildingCard, Incident } from '#lib/core/api/index.ts';
import { flights, localWords, nearest, situationOf } from './situation.ts';
import { isDrawnAsTold, type Place } from './types.ts';

function create_incident(change: Partial<Incident> & { at?: number[] } = {}): Incident {
	const { at = [21], ...rest } = change;
	return {
		id: 'i',
		category: 'fire',
		state: 'confirmed',
		verified_by: 'device',
		is_exercise: false,
		estate: null,
		building: { id: 'b', name: '7 号楼' },
		floors: at.map((ordinal) => ({ id: String(ordinal), label: String(ordinal), ordinal })),
		opened_at: '2026-11-21T06:00:00Z',
		acknowledged_at: null,
		arrived_at: null,
		attacked_at: null,
		confirmed_at: null,
		controlled_at: null,
		closed_at: null,
		signal_count: 1,
		last_signal_at: null,
		version: 1,
		...rest
	} as Incident;
}
function create_place(own = 18): Place {
	const floors = Array.from({ length: 33 }, (_, i) => ({
		id: 'f' + i,
		ordinal: i + 1,
		label: String(i + 1),
		is_refuge: [11, 22].includes(i + 1)
	}));
	const building = {
		id: 'b',
		name: '7 号楼',
		kind: 'tower',
		estate: null,
		floors,
		plan: { meeting_point: { zh: '南门广场', en: 'South Gate' } }
	} as unknown as BuildingCard;
	return {
		building,
		own: { dwelling_id: 'd', number: '1804', floor_ordinal: own, floor_label: String(own), state: 'admitted' }
	};
}

describe('where one stands to the fire', () => {
	test.each([
		[[21], 'above'],
		[[12], 'below'],
		[[18], 'own_floor'],
		[[12, 21], 'below'],
		[[], 'any']
	])('fire on %j for floor 18: %s', (at, expected) => {
		expect(situationOf(create_incident({ at }), create_place())).toBe(expected);
	});
	test('the end and the suspicion come before the place', () => {
		expect(situationOf(create_incident({ state: 'suspected' }), create_place())).toBe('suspected');
		expect(situationOf(create_incident({ state: 'false_alarm' }), create_place())).toBe('false_alarm');
		expect(situationOf(create_incident({ state: 'closed' }), create_place())).toBe('over');
	});
	test('another building, or no home: any', () => {
		expect(situationOf(create_incident({ building: { id: 'x', name: '' } }), create_place())).toBe('any');
		expect(situationOf(create_incident(), { building: null, own: null })).toBe('any');
	});
	test('no floor 0 between B1 and 1', () => {
		expect(flights(-1, 1)).toBe(1);
		expect(flights(18, 21)).toBe(3);
	});
	test('smoke rises: the burning floor below decides', () => expect(nearest(18, [7, 12, 21])).toBe(12));
});

describe('the words every phone carries', () => {
	const places: Place[] = [create_place(), create_place(1), { building: null, own: null }];
	const states = ['suspected', 'watching', 'confirmed', 'controlled', 'false_alarm', 'closed'] as const;
	const categories = ['fire', 'gas', 'electrical', 'trapped', 'other'] as const;
	test('are there for every state, category and place', () => {
		for (const state of states)
			for (const category of categories)
				for (const at of [[], [3], [18], [21, 22]])
					for (const place of places) {
						const words = localWords(create_incident({ state, category, at }), place, 'zh');
						expect(words.what).toBeTruthy();
						expect(words.where).toBeTruthy();
						expect(words.steps.length).toBeGreaterThan(0);
						expect(words.steps.length).toBeLessThanOrEqual(3);
					}
	});
	test('never the lift, except when it is over', () => {
		expect(localWords(create_incident(), create_place(), 'zh').never).toBeTruthy();
		expect(localWords(create_incident({ state: 'closed' }), create_place(), 'zh').never).toBeNull();
	});
	test('name the meeting point, and the refuge floor for a fire below', () => {
		expect(localWords(create_incident(), create_place(), 'zh').steps[2]!.title).toContain('南门广场');
		expect(localWords(create_incident({ at: [12] }), create_place(), 'zh').fallback!.lines[0]).toContain(
			'22'
		);
	});
	test('numbers in the drawing only where the advice counts the same', () => {
		expect(isDrawnAsTold(localWords(create_incident(), create_place(), 'zh'))).toBe(true);
		expect(isDrawnAsTold(localWords(create_incident({ at: [12] }), create_place(), 'zh'))).toBe(false);
	});
});
