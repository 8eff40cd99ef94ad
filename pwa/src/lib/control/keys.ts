/** The keys of the wide screen. A key typed into a field, or with a modifier, is never one of ours. */
export type Key = 'next' | 'previous' | 'step' | 'dismiss' | 'hush' | 'help';

const KEYS: Record<string, Key> = {
	j: 'next',
	ArrowDown: 'next',
	k: 'previous',
	ArrowUp: 'previous',
	Enter: 'step',
	d: 'dismiss',
	m: 'hush',
	'?': 'help'
};

export function keyOf(event: KeyboardEvent): Key | null {
	if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing || event.repeat) return null;
	const target = event.target as HTMLElement | null;
	if (target?.closest?.('input, textarea, select, dialog, [contenteditable]')) return null;
	/* Enter and the arrows belong to whatever has the focus */
	if (event.key === 'Enter' && target?.closest?.('a, button, summary')) return null;
	return KEYS[event.key] ?? null;
}

/** The item after (or before) the current one; stays at the ends. */
export function neighbour<T extends { id: string }>(
	items: readonly T[],
	current: string | null,
	by: 1 | -1
): T | undefined {
	const at = items.findIndex((item) => item.id === current);
	if (at < 0) return items[0];
	return items[Math.min(items.length - 1, Math.max(0, at + by))];
}
