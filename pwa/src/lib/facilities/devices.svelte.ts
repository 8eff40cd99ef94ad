import { ApiError, get, NetworkError, type Id, type Page } from '#lib/core/api/index.ts';
import { fromPhone, keep, recall } from '#lib/core/db/index.ts';
import { live } from '#lib/core/live/index.ts';
import type { DeviceItem } from './systems.ts';

/** All devices of one building: kept on the phone, moved by the stream. */
export class Devices {
	items = $state.raw<DeviceItem[] | undefined>(undefined);
	at = $state(0);
	isOffline = $state(false);
	error = $state.raw<ApiError | undefined>(undefined);
	readonly #path: string;

	constructor(readonly building: Id) {
		this.#path = `/devices?building=${building}`;
		const known = recall(this.#path);
		if (known) {
			this.items = known.body as DeviceItem[];
			this.at = known.at;
		}
	}

	/** Call in onMount (or when the building changes); returns how to stop. */
	use(): () => void {
		void this.refresh();
		const offs = [
			live.on('device', (data) => this.#take(data as DeviceItem)),
			live.on('reset', () => void this.refresh())
		];
		return () => offs.forEach((off) => off());
	}

	async refresh(): Promise<void> {
		if (!this.items) {
			const kept = await fromPhone(this.#path);
			if (kept && !this.items) {
				this.items = kept.body as DeviceItem[];
				this.at = kept.at;
			}
		}
		try {
			this.items = await this.#all();
			this.at = Date.now();
			this.isOffline = false;
			void keep(this.#path, this.items, this.at);
		} catch (reason) {
			if (reason instanceof NetworkError) this.isOffline = true;
			else if (reason instanceof ApiError) this.error = reason;
			else throw reason;
		}
	}

	async #all(): Promise<DeviceItem[]> {
		const all: DeviceItem[] = [];
		let after: string | null = null;
		do {
			const page: Page<DeviceItem> = await get('/devices', { building: this.building, limit: 200, after });
			all.push(...page.items);
			after = page.next;
		} while (after);
		return all;
	}

	#take(device: DeviceItem): void {
		if (device.place.building?.id !== this.building || !this.items) return;
		this.items = this.items.map((known) => (known.id === device.id ? device : known));
		this.at = Date.now();
	}
}
