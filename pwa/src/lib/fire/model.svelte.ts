import type { BuildingCard, HomeView, Incident, IncidentDetail, Words } from '#lib/core/api/index.ts';
import { db, fromPhone, queue, Resource, type Sending } from '#lib/core/db/index.ts';
import { live } from '#lib/core/live/index.ts';
import { homePath, prefs } from '#lib/core/session/index.ts';
import type { FireView, Place } from './types.ts';

type LocalWords = typeof import('./situation.ts').localWords;

/** One incident as a resident sees it: from the push, from the phone, from the server, whichever is newest. */
export class Fire {
	readonly detail: Resource<IncidentDetail>;
	#pushed = $state.raw<FireView | undefined>(undefined);
	#streamed = $state.raw<FireView | undefined>(undefined);
	#home = $state.raw<Resource<HomeView> | undefined>(undefined);
	#other = $state.raw<Resource<BuildingCard> | undefined>(undefined);
	#local = $state.raw<LocalWords | undefined>(undefined);
	#isPlaceKnown = $state(false);

	constructor(readonly id: string) {
		this.detail = new Resource<IncidentDetail>('/incidents/' + id);
	}

	/** Reads what the phone has, then asks; keeps listening until the returned function is called. */
	start(): () => void {
		let isStopped = false;
		let timer: ReturnType<typeof setTimeout> | undefined;
		const again = () => {
			timer ??= setTimeout(
				() => {
					timer = undefined;
					void this.detail.refresh();
				},
				150 + Math.random() * 700
			);
		};
		/* the phone's own words, for when the server's are not here */
		void import('./situation.ts').then((own) => (this.#local = own.localWords)).catch(() => undefined);
		void this.#read()
			.then(() => (isStopped ? undefined : this.#others()))
			.finally(() => (this.#isPlaceKnown = true));
		const stops = [
			live.on('incident', (data) => {
				if ((data as Incident | null)?.id !== this.id) return;
				this.#streamed = data as Incident;
				again();
			}),
			live.on('reset', again)
		];
		return () => {
			isStopped = true;
			clearTimeout(timer);
			stops.forEach((stop) => stop());
		};
	}

	/** The newest version known; without one, nothing to show yet. */
	get view(): FireView | undefined {
		const listed = this.#home?.data?.incidents.find((incident) => incident.id === this.id);
		const known = [this.detail.data, this.#streamed, this.#pushed, listed].filter((one) => one !== undefined);
		const newest = known.reduce<FireView | undefined>(
			(best, one) => (best && best.version >= one.version ? best : one),
			undefined
		);
		if (!newest || newest === this.detail.data) return newest;
		/* what only the detail knows stays until the next detail comes */
		return { ...(this.detail.data ?? {}), ...newest };
	}

	get place(): Place {
		const home = this.#home?.data;
		const building = home?.building ?? null;
		const isHere = !this.view?.building || building?.id === this.view.building.id;
		return {
			building: isHere ? building : (this.#other?.data ?? null),
			own: isHere ? (home?.own ?? null) : null
		};
	}

	/** The building's picture may still come: its room is kept, so that nobody taps what has just moved. */
	get isPlaceComing(): boolean {
		return !this.place.building && !this.#isPlaceKnown && Boolean(this.view?.building);
	}

	/** The server's words while they belong to the state on the screen, else the phone's own. */
	get words(): Words | undefined {
		const view = this.view;
		if (!view) return undefined;
		for (const one of [this.detail.data, this.#pushed])
			if (one?.words && one.state === view.state && one.floors.length === view.floors.length)
				return one.words;
		return this.#local?.(view, this.place, prefs.language);
	}

	get rollCall(): { status: 'safe' | 'help'; sending?: Sending } | null {
		const sending = queue.latest(this.id, 'roll_call');
		if (sending) return { status: (sending.body as { status: 'safe' | 'help' }).status, sending };
		const told = this.detail.data?.roll_call_mine;
		return told ? { status: told.status } : null;
	}

	get answer(): 'mine' | 'real' | null {
		const sending = queue.latest(this.id, 'answer');
		return sending
			? (sending.body as { answer: 'mine' | 'real' }).answer
			: (this.view?.own?.answered ?? null);
	}

	report(status: 'safe' | 'help', more: { people?: number; can_walk?: boolean; smoke?: boolean } = {}): void {
		const dwelling = this.place.own?.dwelling_id;
		void queue.send({
			kind: 'roll_call',
			url: `/api/incidents/${this.id}/roll-call`,
			body: { status, ...more, ...(dwelling ? { dwelling_id: dwelling } : {}) },
			about: this.id
		});
	}

	say(answer: 'mine' | 'real'): void {
		void queue.send({
			kind: 'answer',
			url: `/api/incidents/${this.id}/answer`,
			body: { answer },
			about: this.id
		});
	}

	async #read(): Promise<void> {
		const path = await homePath();
		await Promise.all([fromPhone(path), fromPhone(this.detail.path)]);
		this.#home = new Resource<HomeView>(path);
		try {
			const kept = await (await db()).get('incidents', this.id);
			this.#pushed = kept?.incident as FireView | undefined;
		} catch {
			/* no store */
		}
		/* both at once: on a slow network each question costs a second of somebody who must leave */
		await Promise.all([this.detail.refresh(), this.#home.data ?? this.#home.refresh()]);
	}

	/** Another building of the same fire: its picture, if we may see it. */
	async #others(): Promise<void> {
		const id = this.view?.building?.id;
		if (!id || id === this.#home?.data?.building?.id) return;
		this.#other = new Resource<BuildingCard>('/buildings/' + id);
		await this.#other.refresh();
	}
}
