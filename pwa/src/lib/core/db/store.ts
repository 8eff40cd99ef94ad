/** IndexedDB with promises, no more of it than the app needs: idb would be 2.3 KB of the first load. */

/** What each object store holds, by its name. */
export type Shape = Record<string, unknown>;

function settled<T>(request: IDBRequest<T>): Promise<T> {
	return new Promise((resolve, reject) => {
		request.onsuccess = () => resolve(request.result);
		request.onerror = () => reject(request.error);
	});
}

export class Store<S extends Shape> {
	constructor(readonly raw: IDBDatabase) {}

	#of(name: keyof S & string, mode: IDBTransactionMode): IDBObjectStore {
		return this.raw.transaction(name, mode).objectStore(name);
	}

	get<N extends keyof S & string>(name: N, key: string): Promise<S[N] | undefined> {
		return settled<S[N] | undefined>(this.#of(name, 'readonly').get(key));
	}
	getAll<N extends keyof S & string>(name: N): Promise<S[N][]> {
		return settled<S[N][]>(this.#of(name, 'readonly').getAll());
	}
	getAllFromIndex<N extends keyof S & string>(name: N, index: string, key: string): Promise<S[N][]> {
		return settled<S[N][]>(this.#of(name, 'readonly').index(index).getAll(key));
	}
	/** Resolves when it is on the disk, not before: what a person sent in a fire must outlive the page. */
	put<N extends keyof S & string>(name: N, value: S[N], key?: string): Promise<void> {
		return this.#write(name, (store) => store.put(value, key));
	}
	delete(name: keyof S & string, key: string): Promise<void> {
		return this.#write(name, (store) => store.delete(key));
	}
	clear(name: keyof S & string): Promise<void> {
		return this.#write(name, (store) => store.clear());
	}

	#write(name: keyof S & string, act: (store: IDBObjectStore) => IDBRequest): Promise<void> {
		return new Promise((resolve, reject) => {
			const transaction = this.raw.transaction(name, 'readwrite');
			transaction.oncomplete = () => resolve();
			transaction.onerror = transaction.onabort = () => reject(transaction.error);
			act(transaction.objectStore(name));
		});
	}
}

/** Opens (and at the first time makes) the database. `onLost` is called when the browser takes it away. */
export function openStore<S extends Shape>(
	name: string,
	version: number,
	make: (raw: IDBDatabase) => void,
	onLost: () => void
): Promise<Store<S>> {
	const request = indexedDB.open(name, version);
	request.onupgradeneeded = () => make(request.result);
	return settled(request).then((raw) => {
		raw.onclose = onLost;
		/* a newer page wants to change the store: let go, the next call opens it again */
		raw.onversionchange = () => {
			raw.close();
			onLost();
		};
		return new Store<S>(raw);
	});
}
