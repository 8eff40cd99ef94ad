import { expect, it } from 'vitest';
import { keyOf, neighbour } from './keys.ts';

const press = (key: string, init: KeyboardEventInit = {}, target?: Element) => {
	const event = new KeyboardEvent('keydown', { key, bubbles: true, ...init });
	(target ?? document.body).dispatchEvent(event);
	return keyOf(event);
};

it('knows its keys, and leaves those with a modifier alone', () => {
	expect(press('j')).toBe('next');
	expect(press('Enter')).toBe('step');
	expect(press('k', { ctrlKey: true })).toBeNull();
	expect(press('Enter', { repeat: true })).toBeNull();
});

it('never takes a key from a field, a dialog or a focused button', () => {
	document.body.innerHTML = '<input><dialog><p></p></dialog><button></button>';
	expect(press('d', {}, document.querySelector('input')!)).toBeNull();
	expect(press('d', {}, document.querySelector('p')!)).toBeNull();
	expect(press('Enter', {}, document.querySelector('button')!)).toBeNull();
	expect(press('j', {}, document.querySelector('button')!)).toBe('next');
});

it('stays at the ends of the list', () => {
	const items = [{ id: 'a' }, { id: 'b' }];
	expect(neighbour(items, 'a', 1)?.id).toBe('b');
	expect(neighbour(items, 'b', 1)?.id).toBe('b');
	expect(neighbour(items, null, -1)?.id).toBe('a');
});
