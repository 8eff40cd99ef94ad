import type { Incident } from '#lib/core/api/index.ts';

const seen = new Set<string>();

/** A confirmed fire or a real one under control opens by itself, once a visit; a suspicion does not tear people away. */
export function shouldOpen(incident: Incident): boolean {
	return (incident.state === 'confirmed' || incident.state === 'controlled') && !seen.has(incident.id);
}

export function markSeen(id: string): void {
	seen.add(id);
}
