import { get, NetworkError, ApiError } from '../api/index.ts';
import { forget, fromPhone, keep, recall } from './cache.ts';

/**
 * One GET of the API with its age: first what this phone has kept, then the latest behind it.
 * `isOffline` is a state, not an error; `error` is only set when the server refused.
 */
export class Resource<T> {
	data = $state.raw<T | undefined>(undefined);
	at = $state(0);
	isLoading = $state(false);
	isOffline = $state(false);
	error = $state.raw<ApiError | undefined>(undefined);
	#again = false;
	#flight: Promise<void> | undefined;

	constructor(readonly path: string) {
		const known = recall(path);
		if (known) {
			this.data = known.body as T;
			this.at = known.at;
		}
	}

	/** True until there is either something to show or a reason why not. */
	get isEmpty(): boolean {
		return this.data === undefined && !this.error && !this.isOffline;
	}

	/** Reads the phone's copy, then asks the server. Calls while one is under way are folded into one more. */
	refresh(): Promise<void> {
		if (this.#flight) {
			this.#again = true;
			return this.#flight;
		}
		this.#flight = this.#fetch().finally(() => {
			this.#flight = undefined;
			if (this.#again) {
				this.#again = false;
				void this.refresh();
			}
		});
		return this.#flight;
	}

	/** A newer body from elsewhere (the answer of a verb, the live stream). */
	set(body: T): void {
		this.data = body;
		this.at = Date.now();
		this.isOffline = false;
		this.error = undefined;
		void keep(this.path, body, this.at);
	}

	async #fetch(): Promise<void> {
		this.isLoading = true;
		if (this.data === undefined) {
			const kept = await fromPhone(this.path);
			if (kept && this.data === undefined) {
				this.data = kept.body as T;
				this.at = kept.at;
			}
		}
		try {
			this.set(await get<T>(this.path));
		} catch (reason) {
			if (reason instanceof ApiError) {
				this.error = reason;
				if (reason.status === 403 || reason.status === 404) {
					this.data = undefined;
					await forget(this.path);
				}
			} else if (reason instanceof NetworkError) this.isOffline = true;
			else throw reason;
		} finally {
			this.isLoading = false;
		}
	}
}
