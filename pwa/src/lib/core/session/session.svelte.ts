import {
	ApiError,
	call,
	get,
	NetworkError,
	patch,
	post,
	whenAnswered,
	whenSignedOut,
	type Me,
	type Role
} from '../api/index.ts';
import { forgetAll, keepSetting, queue, setting, wipe } from '../db/index.ts';
import { live } from '../live/index.ts';

const STAFF: Role[] = [
	'property',
	'control_room',
	'station_member',
	'station_leader',
	'grid_worker',
	'police',
	'inspector',
	'administrator'
];

const OWNER = 'owner';
function owner(): string | null {
	try {
		return localStorage.getItem(OWNER);
	} catch {
		return null;
	}
}
function own(id: string): void {
	try {
		localStorage.setItem(OWNER, id);
	} catch {
		/* private mode: then nothing is kept between visits either */
	}
}

/** Who holds this phone. Kept on the phone, so that the app opens without a network. */
class Session {
	me = $state.raw<Me | null>(null);
	/** unknown until the phone or the server has said who it is */
	state = $state<'unknown' | 'out' | 'in'>('unknown');

	constructor() {
		whenSignedOut(() => void this.#ended(true));
		whenAnswered((position) => live.answered(position));
	}

	/** First the phone's memory, then the server's word; without a network the memory stands. */
	async start(): Promise<void> {
		const asked = get<Me>('/me');
		asked.catch(() => undefined); // heard below, after the memory, which answers in its own time
		const kept = await setting<Me>('me');
		if (kept) this.#enter(kept);
		try {
			const me = await asked;
			await keepSetting('me', me);
			this.#enter(me);
		} catch (reason) {
			if (reason instanceof ApiError && reason.status === 401) await this.#ended(true);
			else if (!(reason instanceof NetworkError || reason instanceof ApiError)) throw reason;
			else if (!kept) this.state = 'out';
		}
	}

	askCode(phone: string): Promise<{ retry_after_s: number }> {
		return post('/auth/codes', { phone });
	}

	async signIn(phone: string, code: string): Promise<Me> {
		const me = await post<Me>('/auth/sessions', { phone, code });
		if (owner() && owner() !== me.id) await queue.forget(); // another person's words are not sent under this name
		await keepSetting('me', me);
		this.#enter(me);
		return me;
	}

	/** Ends the session here and on the server; the phone keeps nothing of this person. */
	async signOut(): Promise<void> {
		const registration = await navigator.serviceWorker?.getRegistration().catch(() => undefined);
		await (await registration?.pushManager?.getSubscription())?.unsubscribe().catch(() => false);
		await call('DELETE', '/auth/sessions/current').catch(() => undefined);
		await this.#ended(false);
	}

	async change(wish: Partial<Pick<Me, 'name' | 'language' | 'is_large'>>): Promise<void> {
		const me = await patch<Me>('/me', wish);
		this.me = { ...this.me, ...me };
		await keepSetting('me', this.me);
	}

	async refresh(): Promise<void> {
		const me = await get<Me>('/me');
		this.me = me;
		await keepSetting('me', me);
	}

	get roles(): Role[] {
		return [...new Set(this.me?.roles.map((held) => held.role) ?? [])];
	}
	get isStaff(): boolean {
		return this.roles.some((role) => STAFF.includes(role));
	}
	get isResident(): boolean {
		return Boolean(this.me?.homes.some((home) => home.state === 'admitted'));
	}
	holds(...roles: Role[]): boolean {
		return this.roles.some((role) => roles.includes(role));
	}
	can(permission: string): boolean {
		return this.me?.permissions?.includes(permission) ?? false;
	}

	#enter(me: Me): void {
		this.me = me;
		this.state = 'in';
		own(me.id);
		live.start();
	}

	/** `isQueueKept`: a session that ended by itself must not lose a roll call that waits for the network. */
	async #ended(isQueueKept: boolean): Promise<void> {
		live.stop();
		forgetAll();
		if (!isQueueKept) queue.clear();
		await wipe(isQueueKept);
		this.me = null;
		this.state = 'out';
	}
}

export const session = new Session();
