import { expect, test } from 'vitest';
import { normalPhone } from './phone.ts';

test.each([
	['13800001234', '13800001234'],
	['138 0000 1234', '13800001234'],
	['138-0000-1234', '13800001234'],
	['１３８００００１２３４', '13800001234'],
	['+86 138 0000 1234', '+8613800001234'],
	['＋8613800001234', '+8613800001234'],
	['12345', null],
	['23800001234', null],
	['', null]
])('%s', (typed, expected) => expect(normalPhone(typed)).toBe(expected));
