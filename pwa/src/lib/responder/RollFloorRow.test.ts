import { render, screen } from '@testing-library/svelte';
import { expect, it, vi } from 'vitest';
import RollFloorRow from './RollFloorRow.svelte';
import { overwriteGetLocale } from '#lib/paraglide/runtime.js';

overwriteGetLocale(() => 'zh');

it('says each door’s state in a word, never by colour alone', () => {
	const dwellings = [
		{ id: '1', number: '1801', status: 'safe' as const },
		{ id: '2', number: '1802', status: 'fire' as const, is_fire: true },
		{ id: '3', number: '1803', status: 'help' as const },
		{ id: '4', number: '1804', status: 'silent' as const, needs: 1 },
		{ id: '5', number: '1805', status: 'silent' as const }
	];
	const floor = { ordinal: 18, label: '18', is_refuge: false, dwellings };
	render(RollFloorRow, { floor, isBurning: true, isFire: true, onpick: vi.fn() });
	expect(screen.getAllByRole('button').map((button) => button.textContent?.replace(/\s+/g, ''))).toEqual([
		'1801安全',
		'1802起火',
		'1803求助',
		'1804需扶',
		'1805未回'
	]);
});
