import { get, post, wordsOf, type PushTest } from '#lib/core/api/index.ts';
import { enablePush, obstacle, repost, type Obstacle } from '#lib/core/pwa/index.ts';

/** After this long without a sign from the phone it was not woken. */
const LOST_MS = 30_000;
const LOOK_MS = 700;

/** One test of this phone: a real push, and where it is on its way. */
export class Trial {
	state = $state<'ready' | 'running' | 'done' | 'lost' | 'blocked'>('ready');
	why = $state<Obstacle | 'lost'>('none');
	words = $state<string | null>(null);
	hops = $state.raw<PushTest | null>(null);
	#stopped = false;

	constructor() {
		const found = obstacle();
		if (found !== 'none') this.#block(found);
	}

	stop(): void {
		this.#stopped = true;
	}

	/** From a tap: asks for the permission if need be, then sends and watches. */
	async run(): Promise<void> {
		this.state = 'running';
		this.hops = null;
		this.words = null;
		try {
			const found = obstacle() === 'not_asked' ? await enablePush() : await repost();
			if (found !== 'none') return this.#block(found);
			const { notice_id } = await post<{ notice_id: string }>('/push/test');
			await this.#watch(notice_id);
		} catch (reason) {
			this.words = wordsOf(reason);
			this.state = 'lost';
		}
	}

	/** Seconds of each hop since we sent it; null = not there. */
	get seconds(): (number | null)[] {
		const hops = this.hops;
		if (!hops) return [];
		const from = Date.parse(hops.created_at);
		const since = (at: string | null) => (at ? Math.max(0, (Date.parse(at) - from) / 1000) : null);
		return [0, since(hops.accepted_at), since(hops.received_at), since(hops.shown_at)];
	}

	#block(found: Obstacle): void {
		this.why = found;
		this.state = 'blocked';
	}

	async #watch(id: string): Promise<void> {
		const until = Date.now() + LOST_MS;
		while (!this.#stopped && Date.now() < until) {
			this.hops = await get<PushTest>('/push/test/' + id);
			if (this.hops.shown_at) {
				this.state = 'done';
				return;
			}
			if (['failed', 'gone', 'expired'].includes(this.hops.state ?? '')) break;
			await new Promise((done) => setTimeout(done, LOOK_MS));
		}
		if (this.#stopped) return;
		this.words = this.hops?.reason ?? null;
		this.why = 'lost';
		this.state = 'lost';
	}
}
