import { describe, expect, it } from 'vitest';
import { byGravity, lightOf, summarise, summaryWord, systemOf, type DeviceItem } from './systems.ts';
import { overwriteGetLocale } from '#lib/paraglide/runtime.js';

overwriteGetLocale(() => 'zh');

const device = (id: string, state: string, changes: Partial<DeviceItem> = {}): DeviceItem => ({
	id,
	transmitter_id: 't',
	system_type: 1,
	system_address: 1,
	component_type: 40,
	component_address: 1,
	kind: 'smoke',
	place: { building: null, floor: null, label: id },
	state,
	since: null,
	seen_at: null,
	...changes
});

describe('systems', () => {
	it('go by the part before the loop it hangs on', () => {
		expect(systemOf({ kind: 'gas', system_type: 1 })).toBe('gas');
		expect(systemOf({ kind: 'pump', system_type: 12 })).toBe('water');
		expect(systemOf({ kind: 'other', system_type: 200 })).toBe('alarm');
	});
	it('show the gravest of what their devices say, in words', () => {
		const [alarm] = summarise([device('a', 'normal'), device('b', 'fault'), device('c', 'unknown')]);
		expect(alarm?.worst).toBe('fault');
		expect(summaryWord(alarm!)).toBe('故障 1');
	});
	it('are never well when nothing is heard', () => {
		expect(lightOf({ state: 'unknown' })).toBe('silent');
		expect(lightOf({ state: 'what nobody knows' })).toBe('silent');
	});
	it('list the gravest device first, then from the top down', () => {
		const at = (ordinal: number) => ({
			place: { building: null, floor: { id: 'f', label: '', ordinal }, label: '' }
		});
		const sorted = byGravity([
			device('low', 'normal', at(1)),
			device('high', 'normal', at(9)),
			device('fire', 'fire')
		]);
		expect(sorted.map(({ id }) => id)).toEqual(['fire', 'high', 'low']);
	});
});
