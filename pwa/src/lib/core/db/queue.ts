import { db, type Sending } from './open.ts';

/** How long a delivered item stays, so that its screen can still say 已送达. */
const REMEMBER_MS = 24 * 3600_000;
const LOCK = 'shouwang-queue';
/** One request at a time: one that hangs in a network that has changed must not hold up the call for help behind it. */
const PATIENCE_MS = 15_000;

export type Order = Pick<Sending, 'kind' | 'url' | 'body' | 'about'>;

let changed: (item: Sending) => void = () => {};
/** Told of each new state of an item (the reactive copy of the queue listens). */
export function onChange(callback: (item: Sending) => void): void {
	changed = callback;
}

async function save(item: Sending): Promise<void> {
	await (await db()).put('queue', item);
	changed(item);
}

/**
 * Writes first, sends second: what a person sent in a fire is on the phone before anything can go wrong.
 * Resolves when it is kept; sending goes on behind.
 */
export async function enqueue(order: Order): Promise<Sending> {
	const item: Sending = {
		...order,
		id: crypto.randomUUID(),
		at: Date.now(),
		state: 'kept',
		tries: 0
	};
	await save(item);
	void flush().catch(() => undefined);
	return item;
}

export async function pending(): Promise<Sending[]> {
	return (await (await db()).getAllFromIndex('queue', 'state', 'kept')).sort((a, b) => a.at - b.at);
}

export async function sendingsAbout(about: string): Promise<Sending[]> {
	return (await (await db()).getAllFromIndex('queue', 'about', about)).sort((a, b) => a.at - b.at);
}

/** A refusal that no later try can change; 401 is kept, because the person can sign in again. */
function isFinal(status: number): boolean {
	return status >= 400 && status < 500 && ![401, 408, 425, 429].includes(status);
}

async function sendOne(item: Sending): Promise<boolean> {
	let answer: Response;
	try {
		answer = await fetch(item.url, {
			method: 'POST',
			headers: { 'Content-Type': 'application/json', 'Idempotency-Key': item.id },
			body: JSON.stringify(item.body),
			signal: AbortSignal.timeout(PATIENCE_MS)
		});
	} catch {
		await save({ ...item, tries: item.tries + 1 });
		return false;
	}
	const body: unknown = await answer.json().catch(() => undefined);
	if (answer.ok) {
		await save({ ...item, state: 'delivered', tries: item.tries + 1, doneAt: Date.now(), answer: body });
		return true;
	}
	const words = (body as { message?: string } | undefined)?.message ?? '';
	const state = isFinal(answer.status) ? 'refused' : 'kept';
	await save({ ...item, state, tries: item.tries + 1, words, doneAt: Date.now() });
	return state === 'refused';
}

async function forgetOld(): Promise<void> {
	const store = await db();
	const limit = Date.now() - REMEMBER_MS;
	for (const item of await store.getAll('queue'))
		if (item.state !== 'kept' && (item.doneAt ?? item.at) < limit) await store.delete('queue', item.id);
}

async function flushAll(): Promise<number> {
	let left = 0;
	for (const item of await pending()) if (!(await sendOne(item))) left += 1;
	await forgetOld();
	return left;
}

let flight: Promise<number> | undefined;
/**
 * Sends what is kept, oldest first, one page or worker at a time. Resolves with the number still kept.
 * The lock matters: two tabs and the worker wake together when the network returns.
 */
export function flush(): Promise<number> {
	const locks = globalThis.navigator?.locks;
	flight = (flight ?? Promise.resolve(0))
		.catch(() => 0)
		.then(() => (locks ? locks.request(LOCK, flushAll) : flushAll()));
	return flight;
}
