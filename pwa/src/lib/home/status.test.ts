import { beforeEach, describe, expect, it } from 'vitest';
import { overwriteGetLocale } from '#lib/paraglide/runtime.js';
import type { Fault } from '#lib/core/api/index.ts';
import { faultMark } from './status.ts';

const createFault = (changes: Partial<Fault>): Fault => ({
	id: '1',
	title: '',
	meaning: '',
	since: '2026-11-21T04:00:00Z',
	state: 'open',
	steps: [],
	kind: 'fault',
	place: '',
	floor: null,
	...changes
});

describe('the fault in the drawing', () => {
	beforeEach(() => overwriteGetLocale(() => 'zh'));
	it('is the first that has a floor, with its place in words', () => {
		const faults = [
			createFault({ place: '7 号楼传输装置' }),
			createFault({ place: '2 号喷淋泵', floor: { ordinal: -1, label: 'B1' } })
		];
		expect(faultMark(faults)).toEqual({ ordinal: -1, text: 'B1 层 2 号喷淋泵' });
	});
	it('does not say the floor twice, and without a floor there is none', () => {
		const named = createFault({ place: '2 层烟感', floor: { ordinal: 2, label: '2' } });
		expect(faultMark([named])?.text).toBe('2 层烟感');
		expect(faultMark([createFault({ place: '总线' })])).toBeNull();
	});
});
