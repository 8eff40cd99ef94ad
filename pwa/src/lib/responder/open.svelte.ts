import { get, type Page } from '#lib/core/api/index.ts';
import { Resource } from '#lib/core/db/index.ts';
import { live } from '#lib/core/live/index.ts';
import { isOpen } from './model.ts';
import type { Item } from './types.ts';

/** The open incidents of this person's scope: kept on the phone, moved by the stream. */
class OpenIncidents {
	readonly list = new Resource<Page<Item>>('/incidents?state=open&limit=200');
	/** Incidents that changed from the stream, for those who show one of them. */
	changed = $state.raw<Item | null>(null);
	#users = 0;
	#stop: (() => void) | undefined;

	get items(): Item[] {
		return this.list.data?.items ?? [];
	}

	/** Call in onMount; returns how to let go. The last one who lets go ends the listening. */
	use(): () => void {
		this.#users += 1;
		if (this.#users === 1) this.#listen();
		return () => {
			this.#users -= 1;
			if (this.#users > 0) return;
			this.#stop?.();
			this.#stop = undefined;
		};
	}

	/** A newer state of one incident: from the stream, or the answer of a verb. Older versions change nothing. */
	take(incident: Item): void {
		const items = this.items;
		const known = items.find((item) => item.id === incident.id);
		if (known && known.version > incident.version) return;
		const others = items.filter((item) => item.id !== incident.id);
		this.list.set({ items: isOpen(incident) ? [incident, ...others] : others, next: null });
		this.changed = incident;
	}

	#listen(): void {
		void this.list.refresh();
		const offs = [
			live.on('incident', (data) => this.take(data as Item)),
			live.on('reset', () => void this.list.refresh())
		];
		this.#stop = () => offs.forEach((off) => off());
	}
}

export const open = new OpenIncidents();

/** What is over, newest first. */
export async function over(after: string | null = null): Promise<Page<Item>> {
	return get<Page<Item>>('/incidents', { state: 'over', limit: 50, after });
}
