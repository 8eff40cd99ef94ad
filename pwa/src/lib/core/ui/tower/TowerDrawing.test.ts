import { render, screen } from '@testing-library/svelte';
import { expect, test } from 'vitest';
import TowerDrawing from './TowerDrawing.svelte';

const floors = Array.from({ length: 6 }, (_, i) => ({ ordinal: i + 1, label: String(i + 1) }));

test('says what it shows to those who listen', () => {
	render(TowerDrawing, {
		name: '7 号楼',
		floors,
		own: 3,
		marks: [{ ordinal: 5, kind: 'fire' as const }],
		route: { side: 'left' as const },
		stair: 'A'
	});
	const label = screen.getByRole('img').getAttribute('aria-label');
	expect(label).toContain('7 号楼');
	expect(label).toContain('5');
	expect(label).toContain('3');
	expect(label).toContain('A');
});

test('draws a flag for the own floor and for the fire', () => {
	const { container } = render(TowerDrawing, {
		name: '',
		floors,
		own: 3,
		marks: [{ ordinal: 5, kind: 'fire' as const }]
	});
	expect(container.querySelectorAll('rect.flag.own')).toHaveLength(1);
	expect(container.querySelectorAll('rect.flag.fire')).toHaveLength(1);
});
