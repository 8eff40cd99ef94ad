import { get, type Page } from '#lib/core/api/index.ts';

/** Every page of a list, for pickers: at most 200 a call, and never without an end. */
export async function all<T>(path: string, query: Record<string, string> = {}): Promise<T[]> {
	const found: T[] = [];
	let after: string | null = null;
	for (let page = 0; page < 50; page += 1) {
		const answer: Page<T> = await get(path, { ...query, limit: 200, after });
		found.push(...answer.items);
		if (!answer.next) break;
		after = answer.next;
	}
	return found;
}
