import { cleanup, render, screen } from '@testing-library/svelte';
import { afterEach, expect, it, vi } from 'vitest';
import Foot from './Foot.svelte';
import { overwriteGetLocale } from '#lib/paraglide/runtime.js';

overwriteGetLocale(() => 'zh');

afterEach(cleanup);

const props = { busy: null, canDismiss: true, ondo: vi.fn(), oncall: vi.fn(), onmore: vi.fn() };

it('has one great step, and tells which was tapped', () => {
	const ondo = vi.fn();
	render(Foot, { ...props, next: 'arrive', ondo });
	screen.getByRole('button', { name: '我已到场' }).click();
	expect(ondo).toHaveBeenCalledExactlyOnceWith('arrive');
});

it('does not offer a false alarm before somebody has answered', () => {
	render(Foot, { ...props, next: 'acknowledge' });
	expect(screen.queryByRole('button', { name: '误报' })).toBeNull();
});

it('cannot be tapped twice while it is under way', () => {
	render(Foot, { ...props, next: 'confirm', busy: 'confirm' });
	expect(screen.getByRole('button', { name: '确认火情' })).toHaveProperty('disabled', true);
});
