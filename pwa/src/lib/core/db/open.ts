import { openStore, type Store } from './store.ts';

/** One thing a person sent, kept until the server has it. `id` is also its Idempotency-Key. */
export type Sending = {
	id: string;
	kind: 'roll_call' | 'fire_here' | 'answer' | 'receipt';
	url: string;
	body: unknown;
	/** What it belongs to, e.g. an incident's id, so that a screen finds its own. */
	about: string;
	at: number;
	state: 'kept' | 'delivered' | 'refused';
	tries: number;
	/** The server's words when it refused. */
	words?: string;
	/** The server's answer, where a screen needs it (the incident that "fire here" opened). */
	answer?: unknown;
	doneAt?: number;
};

export type Kept = { path: string; body: unknown; at: number };

type Schema = {
	cache: Kept;
	queue: Sending;
	incidents: { id: string; incident: unknown; at: number };
	settings: unknown;
};

export type Db = Store<Schema>;

export const NAME = 'shouwang';
let opened: Promise<Db> | undefined;

function make(raw: IDBDatabase): void {
	raw.createObjectStore('cache', { keyPath: 'path' });
	const queue = raw.createObjectStore('queue', { keyPath: 'id' });
	queue.createIndex('state', 'state');
	queue.createIndex('about', 'about');
	raw.createObjectStore('incidents', { keyPath: 'id' });
	raw.createObjectStore('settings');
}

/** The phone's own store, shared by the pages and the service worker. */
export function db(): Promise<Db> {
	const lost = () => (opened = undefined);
	opened ??= openStore<Schema>(NAME, 1, make, lost).catch((reason: unknown) => {
		lost();
		throw reason;
	});
	return opened;
}

export async function setting<T>(name: string): Promise<T | undefined> {
	try {
		return (await (await db()).get('settings', name)) as T | undefined;
	} catch {
		return undefined; // private mode without IndexedDB: the app still works, only without memory
	}
}

export async function keepSetting(name: string, value: unknown): Promise<void> {
	try {
		await (await db()).put('settings', value, name);
	} catch {
		/* see above */
	}
}

/** Sign-out: nothing of this person stays on the phone. A session that merely ended keeps what was not sent yet. */
export async function wipe(isQueueKept = false): Promise<void> {
	try {
		const store = await db();
		await Promise.all(
			(['cache', 'queue', 'incidents', 'settings'] as const)
				.filter((name) => !(isQueueKept && name === 'queue'))
				.map((name) => store.clear(name))
		);
	} catch {
		/* nothing was kept */
	}
	if ('caches' in globalThis)
		for (const name of await caches.keys()) if (!name.startsWith('shell-')) await caches.delete(name);
}
