import { ApiError, get, post, type BuildingCard, type Id } from '#lib/core/api/index.ts';
import { Resource } from '#lib/core/db/index.ts';
import { live } from '#lib/core/live/index.ts';
import { session } from '#lib/core/session/index.ts';
import { gatesFor, isOpen, type Who } from './model.ts';
import { open } from './open.svelte.ts';
import type { Detail, GatePoint, Item, Roll, Verb } from './types.ts';

type Card = BuildingCard & { gates?: GatePoint[] };
/** While a roll call comes in, the stream may bring ten changes a second: one fetch a moment is enough. */
const SETTLE_MS = 400;
/** Safe answers do not travel on the stream (a tower would drown it): the roll is asked for while it is looked at. */
const ROLL_MS = 5000;
const POSITION_MS = 3000;

async function position(): Promise<{ lat?: number; lon?: number }> {
	if (!navigator.geolocation) return {};
	return new Promise((resolve) => {
		const none = setTimeout(() => resolve({}), POSITION_MS);
		navigator.geolocation.getCurrentPosition(
			({ coords }) => {
				clearTimeout(none);
				resolve({ lat: coords.latitude, lon: coords.longitude });
			},
			() => {
				clearTimeout(none);
				resolve({});
			},
			{ enableHighAccuracy: true, maximumAge: 10_000, timeout: POSITION_MS }
		);
	});
}

export function whoAmI(): Who {
	return {
		id: session.me?.id ?? '',
		isOffice: session.can('incidents.dismiss_afar'),
		can: (permission) => session.can(permission)
	};
}

/** One incident on the screen: its detail, the verbs, and what went wrong with the last one. */
export class Case {
	readonly detail: Resource<Detail>;
	building = $state.raw<Resource<Card> | undefined>(undefined);
	busy = $state<Verb | null>(null);
	error = $state.raw<unknown>(undefined);
	/** Somebody else was faster: the screen already shows the newer state. */
	isOvertaken = $state(false);
	#flight: Promise<boolean> | undefined;
	#settle: ReturnType<typeof setTimeout> | undefined;
	/* plain on purpose: nothing is drawn from it */
	#keys: Record<string, string> = {};

	constructor(readonly id: Id) {
		this.detail = new Resource<Detail>(`/incidents/${id}`);
	}

	get gates(): GatePoint[] {
		const building = this.building?.data;
		return building ? gatesFor(building, building.gates ?? []) : [];
	}

	/** Call in onMount. */
	use(): () => void {
		void this.#load();
		const offs = [
			live.on('incident', (data) => {
				if ((data as Item).id === this.id) this.#later();
			}),
			live.on('reset', () => this.#later())
		];
		const roll = setInterval(() => void this.#readRoll(), ROLL_MS);
		return () => {
			clearInterval(roll);
			offs.forEach((off) => off());
			clearTimeout(this.#settle);
		};
	}

	async #load(): Promise<void> {
		await this.detail.refresh();
		this.#findBuilding();
	}

	async #readRoll(): Promise<void> {
		const known = this.detail.data;
		if (!known?.roll_call || !isOpen(known) || document.visibilityState !== 'visible') return;
		const roll = await get<Roll>(`/incidents/${this.id}/roll-call`).catch(() => null);
		const newest = this.detail.data;
		if (roll && newest) this.detail.set({ ...newest, roll_call: roll });
	}

	#findBuilding(): void {
		const building = this.detail.data?.building;
		if (!building || this.building?.path === `/buildings/${building.id}`) return;
		this.building = new Resource<Card>(`/buildings/${building.id}`);
		void this.building.refresh();
	}

	#later(): void {
		clearTimeout(this.#settle);
		this.#settle = setTimeout(() => void this.#load(), SETTLE_MS);
	}

	/** Does it and shows the answer. A second tap, or a try after a dead network, carries the same key. */
	async act(verb: Verb, body: Record<string, unknown> = {}): Promise<boolean> {
		if (this.busy === verb) return false;
		/* on a slow network the stream shows a step before its own answer comes: the next tap waits for that */
		while (this.busy) await this.#flight;
		this.busy = verb;
		const flight = this.#do(verb, body);
		this.#flight = flight;
		return flight;
	}

	async #do(verb: Verb, body: Record<string, unknown>): Promise<boolean> {
		this.error = undefined;
		this.isOvertaken = false;
		const sent = verb === 'arrive' ? { ...(await position()), ...body } : body;
		const intent = `${verb}:${JSON.stringify(body)}:${this.detail.data?.version ?? 0}`;
		const key = this.#keys[intent] ?? crypto.randomUUID();
		if (verb !== 'arrive') this.#keys[intent] = key;
		try {
			const answer = await post<Partial<Detail> & Item>(`/incidents/${this.id}/${verb}`, sent, key);
			this.#take(answer);
			return true;
		} catch (reason) {
			await this.#refused(reason);
			return false;
		} finally {
			this.busy = null;
		}
	}

	#take(answer: Partial<Detail> & Item): void {
		const known = this.detail.data;
		if (answer.timeline || known) this.detail.set({ ...known, ...answer } as Detail);
		open.take(answer);
		if (!answer.timeline) void this.detail.refresh();
	}

	async #refused(reason: unknown): Promise<void> {
		if (reason instanceof ApiError && reason.status === 409) {
			/* the details carry the state only; the screen shows all that has changed */
			await this.detail.refresh();
			if (this.detail.data) open.take(this.detail.data);
			this.isOvertaken = true;
		}
		this.error = reason;
	}
}
