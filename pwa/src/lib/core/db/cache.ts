import { db, type Kept } from './open.ts';

/* a copy in memory so that a known page is drawn in the same frame as the tap */
const memory = new Map<string, Kept>();

export function recall(path: string): Kept | undefined {
	return memory.get(path);
}

export async function fromPhone(path: string): Promise<Kept | undefined> {
	try {
		const kept = await (await db()).get('cache', path);
		if (kept && !memory.has(path)) memory.set(path, kept);
		return kept;
	} catch {
		return undefined;
	}
}

export async function keep(path: string, body: unknown, at = Date.now()): Promise<void> {
	const kept: Kept = { path, body, at };
	memory.set(path, kept);
	try {
		await (await db()).put('cache', kept);
	} catch {
		/* a full or forbidden store: memory still has it */
	}
}

export async function forget(path: string): Promise<void> {
	memory.delete(path);
	try {
		await (await db()).delete('cache', path);
	} catch {
		/* nothing to forget */
	}
}

export function forgetAll(): void {
	memory.clear();
}
