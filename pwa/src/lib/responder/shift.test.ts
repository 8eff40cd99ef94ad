import { expect, it } from 'vitest';
import { ringing } from './shift.svelte.ts';
import type { Item } from './types.ts';

const item = (id: string, state: Item['state'], acknowledged_at: string | null = null) =>
	({ id, state, acknowledged_at, is_exercise: false }) as Item;

it('rings for what is suspected or confirmed and answered by nobody', () => {
	const all = [
		item('a', 'suspected'),
		item('b', 'watching'),
		item('c', 'confirmed'),
		item('d', 'suspected', '2026-01-01')
	];
	expect(ringing(all, new Set()).map(({ id }) => id)).toEqual(['a', 'c']);
});

it('is hushed until the state changes', () => {
	expect(ringing([item('a', 'suspected')], new Set(['a:suspected']))).toEqual([]);
	expect(ringing([item('a', 'confirmed')], new Set(['a:suspected']))).toHaveLength(1);
});
