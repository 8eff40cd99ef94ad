import { openDB, type DBSchema, type IDBPDatabase } from 'idb';

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

interface Schema extends DBSchema {
	cache: { key: string; value: Kept };
	queue: { key: string; value: Sending; indexes: { state: string; about: string } };
	incidents: { key: string; value: { id: string; incident: unknown; at: number } };
	settings: { key: string; value: unknown };
}

export type Db = IDBPDatabase<Schema>;

export const NAME = 'shouwang';
let opened: Promise<Db> | undefined;

/** The phone's own store, shared by the pages and the service worker. */
export function db(): Promise<Db> {
	opened ??= openDB<Schema>(NAME, 1, {
		upgrade(store) {
			store.createObjectStore('cache', { keyPath: 'path' });
			const queue = store.createObjectStore('queue', { keyPath: 'id' });
			queue.createIndex('state', 'state');
			queue.createIndex('about', 'about');
			store.createObjectStore('incidents', { keyPath: 'id' });
			store.createObjectStore('settings');
		},
		terminated() {
			opened = undefined;
		}
	}).catch((reason: unknown) => {
		opened = undefined;
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

/** Sign-out: nothing of this person stays on the phone. */
export async function wipe(): Promise<void> {
	try {
		const store = await db();
		await Promise.all(
			(['cache', 'queue', 'incidents', 'settings'] as const).map((name) => store.clear(name))
		);
	} catch {
		/* nothing was kept */
	}
	if ('caches' in globalThis)
		for (const name of await caches.keys()) if (!name.startsWith('shell-')) await caches.delete(name);
}
