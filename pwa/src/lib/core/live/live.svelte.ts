import { now } from '../time/now.svelte.ts';

export type Kind = 'incident' | 'device' | 'notice' | 'reset';
const KINDS: Kind[] = ['incident', 'device', 'notice', 'reset'];
type Listener = (data: unknown) => void;

/** Older than this and the screen says so: the server beats every 5 s. */
export const STALE_MS = 10_000;
/** Older than this and the connection is taken for dead (a phone that changed networks never hears of it). */
const DEAD_MS = 20_000;
const LONGEST_WAIT_MS = 15_000;
/** How long an event is kept to be told again: no call to the API waits longer for its answer. */
const KEPT_MS = 15_000;

type Told = { id: number; kind: Kind; data: unknown; at: number };

/**
 * The live stream: one connection a page, reconnecting from the last event it saw.
 * Each read of the API says up to which event it knows; what the stream told after that is told again behind it, and
 * what happened before the stream began is fetched. So an event that overtakes an answer, or falls between the
 * first answer and the first connection, is not lost.
 */
export class Live {
	beatAt = $state(0);
	isOpen = $state(false);
	#startedAt = $state(0);
	#source: EventSource | undefined;
	#lastId: number | undefined;
	/** Everything after this was told; unknown before the first id. */
	#from: number | undefined;
	/** The oldest answer that came before the first id. */
	#oldest = Infinity;
	#told: Told[] = [];
	#tries = 0;
	#retry: ReturnType<typeof setTimeout> | undefined;
	#watchdog: ReturnType<typeof setInterval> | undefined;
	#listeners: Record<Kind, Listener[]> = { incident: [], device: [], notice: [], reset: [] };
	#make: (url: string) => EventSource;

	constructor(make: (url: string) => EventSource = (url) => new EventSource(url)) {
		this.#make = make;
	}

	/** Milliseconds since the last sign of life; 0 while there is nothing to complain about. */
	get silentMs(): number {
		if (!this.#startedAt) return 0;
		const silent = now.ms - Math.max(this.beatAt, this.#startedAt);
		return silent > STALE_MS ? silent : 0;
	}

	start(): void {
		if (this.#startedAt) return;
		this.#startedAt = Date.now();
		this.#connect();
		this.#watchdog = setInterval(() => this.#watch(), 1000);
		addEventListener('online', this.#again);
		document.addEventListener('visibilitychange', this.#again);
	}

	stop(): void {
		this.#startedAt = 0;
		this.#close();
		clearInterval(this.#watchdog);
		clearTimeout(this.#retry);
		this.#retry = undefined;
		removeEventListener('online', this.#again);
		document.removeEventListener('visibilitychange', this.#again);
		this.#forget();
		this.beatAt = 0;
	}

	/** An answer came that knows everything up to the event `position`. */
	answered(position: number): void {
		if (!this.#startedAt || this.#from === undefined) this.#oldest = Math.min(this.#oldest, position);
		else setTimeout(() => this.#catchUp(position)); // its reader first takes the answer in
	}

	/** Calls `listener` with each event's data; returns how to stop. Call it in onMount, not in an $effect. */
	on(kind: Kind, listener: Listener): () => void {
		this.#listeners[kind].push(listener);
		return () => {
			this.#listeners[kind] = this.#listeners[kind].filter((other) => other !== listener);
		};
	}

	#again = () => {
		if (document.visibilityState !== 'visible' || this.isOpen) return;
		clearTimeout(this.#retry);
		this.#retry = undefined;
		this.#connect();
	};

	#close(): void {
		this.#source?.close();
		this.#source = undefined;
		this.isOpen = false;
	}

	#watch(): void {
		const last = Math.max(this.beatAt, this.#startedAt);
		if (this.isOpen && Date.now() - last > DEAD_MS) this.#later();
	}

	#later(): void {
		this.#close();
		if (this.#retry !== undefined) return;
		const wait = Math.min(LONGEST_WAIT_MS, 1000 * 2 ** this.#tries) * (0.7 + Math.random() * 0.6);
		this.#tries += 1;
		this.#retry = setTimeout(() => {
			this.#retry = undefined;
			this.#connect();
		}, wait);
	}

	#forget(): void {
		this.#lastId = this.#from = undefined;
		this.#oldest = Infinity;
		this.#told = [];
	}

	#catchUp(position: number): void {
		if (!this.#startedAt || this.#from === undefined || position >= this.#lastId!) return;
		if (position < this.#from) {
			this.#lastId = this.#from = position;
			this.#connect();
			return;
		}
		for (const event of this.#recent()) if (event.id > position) this.#tell(event.kind, event.data);
	}

	#tell(kind: Kind, data: unknown): void {
		for (const listener of this.#listeners[kind]) listener(data);
	}

	#recent(): Told[] {
		return this.#told.filter((event) => Date.now() - event.at < KEPT_MS);
	}

	#keep(kind: Kind, data: unknown): void {
		if (this.#lastId !== undefined)
			this.#told = [...this.#recent(), { id: this.#lastId, kind, data, at: Date.now() }];
	}

	#alive(event: MessageEvent<string> | Event): void {
		this.beatAt = Date.now();
		this.#tries = 0;
		const id = (event as MessageEvent<string>).lastEventId;
		if (!id) return;
		this.#lastId = Number(id);
		if (this.#from !== undefined) return;
		this.#from = this.#lastId;
		this.#catchUp(this.#oldest);
	}

	#connect(): void {
		this.#close();
		if (this.#from === undefined && this.#oldest < Infinity) this.#lastId = this.#from = this.#oldest;
		const source = this.#make('/api/stream' + (this.#lastId === undefined ? '' : `?after=${this.#lastId}`));
		this.#source = source;
		source.onopen = (event) => {
			this.isOpen = true;
			/* what was read meanwhile may be older than this first line, and nothing says what happened in between */
			const isLate = this.#from === undefined && this.#tries > 0;
			this.#alive(event);
			if (isLate) this.#tell('reset', null);
		};
		/* EventSource retries by itself only after a broken line, not after an error answer: one way for both */
		source.onerror = () => this.#later();
		source.addEventListener('beat', (event) => this.#alive(event));
		for (const kind of KINDS)
			source.addEventListener(kind, (event) => {
				const message = event as MessageEvent<string>;
				this.#alive(event);
				if (kind === 'reset') this.#forget();
				const data: unknown = JSON.parse(message.data || 'null');
				this.#keep(kind, data);
				this.#tell(kind, data);
			});
	}
}

export const live = new Live();
