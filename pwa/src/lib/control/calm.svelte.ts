import { live } from '#lib/core/live/index.ts';
import type {
	BuildingCard,
	Fault,
	HomeView,
	Id,
	Incident,
	Named,
	Page,
	Status
} from '#lib/core/api/index.ts';
import { Resource } from '#lib/core/db/index.ts';
import { session } from '#lib/core/session/index.ts';

export type House = {
	id: Id;
	name: string;
	name_en?: string;
	kind: string;
	lat: number;
	lon: number;
	estate: Named | null;
};
export type Box = {
	id: Id;
	name: string;
	name_en?: string;
	building_id: Id | null;
	state: 'new' | 'ok' | 'silent';
	silent_since: string | null;
	registered_at: string;
	last_seen_at: string | null;
};
export const isTall = (house: { kind: string }) => house.kind === 'tower' || house.kind === 'house';

const MINUTE_MS = 60_000;
const SETTLE_MS = 2_000;

/** What a desk looks at when nothing burns: how the buildings stand, what is on line, who is on duty, what was last. */
export class Calm {
	readonly home = new Resource<HomeView>('/home');
	readonly houses = new Resource<Page<House>>('/buildings?limit=200');
	readonly faults = new Resource<Page<Fault & { building?: Named | null }>>('/faults?state=open&limit=200');
	readonly boxes = new Resource<Page<Box>>('/transmitters?limit=200');
	readonly over = new Resource<Page<Incident>>('/incidents?state=over&limit=20');

	/** Towers by name, what hangs on them last. */
	get buildings(): House[] {
		return [...(this.houses.data?.items ?? [])].sort(
			(a, b) => Number(isTall(b)) - Number(isTall(a)) || a.name.localeCompare(b.name, 'zh', { numeric: true })
		);
	}
	get silent(): Box[] {
		return (this.boxes.data?.items ?? []).filter((box) => box.state !== 'ok');
	}
	/** The last incident that was none of our own making, and the last exercise. */
	get last(): { incident: Incident | null; exercise: Incident | null } {
		const items = this.over.data?.items ?? [];
		return {
			incident: items.find((item) => !item.is_exercise && !item.is_test) ?? null,
			exercise: items.find((item) => item.is_exercise) ?? null
		};
	}

	/** Call in onMount; returns how to let go. */
	use(): () => void {
		let timer: ReturnType<typeof setTimeout> | undefined;
		const refresh = () => void this.refresh();
		const later = () => {
			clearTimeout(timer);
			timer = setTimeout(refresh, SETTLE_MS);
		};
		refresh();
		const offs = [live.on('incident', later), live.on('reset', later)];
		const minute = setInterval(() => document.visibilityState === 'visible' && refresh(), MINUTE_MS);
		return () => {
			offs.forEach((off) => off());
			clearTimeout(timer);
			clearInterval(minute);
		};
	}

	async refresh(): Promise<void> {
		const wanted: Resource<unknown>[] = [this.home, this.houses, this.over];
		if (session.can('devices.see')) wanted.push(this.faults);
		if (session.can('transmitters.see')) wanted.push(this.boxes);
		await Promise.all(wanted.map((one) => one.refresh()));
	}
}

/** One tower of the desk: its floors once, how it stands again and again. */
export class Standing {
	readonly card: Resource<BuildingCard>;
	readonly status: Resource<Status>;
	constructor(id: Id) {
		this.card = new Resource<BuildingCard>(`/buildings/${id}`);
		this.status = new Resource<Status>(`/buildings/${id}/status`);
	}
	use(): () => void {
		void this.card.refresh();
		void this.status.refresh();
		const minute = setInterval(
			() => document.visibilityState === 'visible' && void this.status.refresh(),
			MINUTE_MS
		);
		return () => clearInterval(minute);
	}
}
