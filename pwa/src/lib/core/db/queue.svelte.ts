import { db, type Sending } from './open.ts';
import { enqueue, flush, onChange, type Order } from './queue.ts';

const RETRY_MS = 10_000;

/** The queue as the screens see it. */
class Queue {
	#items = $state.raw<Record<string, Sending>>({});

	constructor() {
		onChange((item) => this.#put([item]));
	}

	/** Loads what is kept and sends it at start, online, visible, and every ten seconds while something is left. */
	async start(): Promise<void> {
		await this.reload();
		const again = () => void flush().then(() => this.reload());
		addEventListener('online', again);
		document.addEventListener('visibilitychange', () => document.visibilityState === 'visible' && again());
		setInterval(() => this.waiting > 0 && again(), RETRY_MS);
		again();
	}

	/** The worker may have delivered something while this page slept. */
	async reload(): Promise<void> {
		try {
			this.#put(await (await db()).getAll('queue'));
		} catch {
			/* no store: nothing is waiting */
		}
	}

	get waiting(): number {
		let count = 0;
		for (const item of Object.values(this.#items))
			if (item.state === 'kept' && item.kind !== 'receipt') count += 1;
		return count;
	}

	/** The newest thing of a kind that was sent about a subject. */
	latest(about: string, kind: Sending['kind']): Sending | undefined {
		let found: Sending | undefined;
		for (const item of Object.values(this.#items))
			if (item.about === about && item.kind === kind && (!found || item.at > found.at)) found = item;
		return found;
	}

	async send(order: Order): Promise<Sending> {
		const item = await enqueue(order);
		const registration = await navigator.serviceWorker?.getRegistration().catch(() => undefined);
		/* not in Safari or Firefox: there the page's own triggers do it */
		await (registration as { sync?: { register(tag: string): Promise<void> } } | undefined)?.sync
			?.register('queue')
			.catch(() => undefined);
		return item;
	}

	#put(items: Sending[]): void {
		this.#items = { ...this.#items, ...Object.fromEntries(items.map((item) => [item.id, item])) };
	}

	/** Drops everything, also on the disk. */
	async forget(): Promise<void> {
		this.clear();
		await (await db()).clear('queue').catch(() => undefined);
	}

	clear(): void {
		this.#items = {};
	}
}

export const queue = new Queue();
