import type { Category, IncidentState, Named } from '#lib/core/api/index.ts';
import type { Detail, Door, GatePoint, Item, Responder, Roll, RollCounts, RollFloor, Verb } from './types.ts';

const OPEN: IncidentState[] = ['suspected', 'watching', 'confirmed', 'controlled'];
export const isOpen = (incident: { state: IncidentState }) => OPEN.includes(incident.state);
export const isOver = (incident: { state: IncidentState }) => !isOpen(incident);

/** Red is fire alone: an exercise, gas, a person in a lift and whatever is over stand on ink. */
export const isRed = (incident: { state: IncidentState; is_exercise: boolean; category: Category }) =>
	isOpen(incident) && !incident.is_exercise && incident.category === 'fire';

/** From when the 1-3-5 clocks run: our receipt of the first signal, or of the one that opened it again. */
export const clockStart = (incident: Item) => incident.case_at ?? incident.opened_at;

/** When the clocks stand still. */
export const clockStop = (incident: Item) =>
	incident.closed_at ?? (incident.state === 'false_alarm' ? incident.last_signal_at : null);

const WATCH_MS = 300_000;
/** The end of the watching, in milliseconds: it goes on by itself, towards the alarm. */
export function watchEnds(incident: Detail): number | null {
	if (incident.watching_until) return new Date(incident.watching_until).getTime();
	return incident.watching_at ? new Date(incident.watching_at).getTime() + WATCH_MS : null;
}

export type Group = 'burning' | 'checking' | 'controlled' | 'exercise';
export function groupOf(incident: Item): Group {
	if (incident.is_exercise) return 'exercise';
	if (incident.state === 'confirmed') return 'burning';
	return incident.state === 'controlled' ? 'controlled' : 'checking';
}

const ORDER: Group[] = ['burning', 'checking', 'controlled', 'exercise'];
const STATE_ORDER: IncidentState[] = ['confirmed', 'suspected', 'watching', 'controlled'];

/** What needs somebody most comes first: burning, then unanswered, then the oldest. */
export function byUrgency(incidents: readonly Item[]): { group: Group; items: Item[] }[] {
	const rank = (item: Item) => STATE_ORDER.indexOf(item.state) * 2 + (item.acknowledged_at ? 1 : 0);
	const open = incidents.filter(isOpen);
	return ORDER.map((group) => ({
		group,
		items: open
			.filter((item) => groupOf(item) === group)
			.sort((a, b) => rank(a) - rank(b) || a.opened_at.localeCompare(b.opened_at))
	})).filter(({ items }) => items.length);
}

export type Who = { id: string; isOffice: boolean; can: (permission: string) => boolean };

const NEEDS: Record<Verb, string> = {
	acknowledge: 'incidents.respond',
	arrive: 'incidents.respond',
	attack: 'incidents.respond',
	'ask-for-help': 'incidents.respond',
	confirm: 'incidents.confirm',
	dismiss: 'incidents.dismiss',
	approve: 'incidents.dismiss',
	control: 'incidents.control',
	close: 'incidents.close',
	reopen: 'incidents.reopen',
	silence: 'devices.silence'
};
const FROM: Record<Verb, IncidentState[]> = {
	acknowledge: OPEN,
	arrive: OPEN,
	attack: OPEN,
	'ask-for-help': OPEN,
	confirm: ['suspected', 'watching', 'false_alarm'],
	dismiss: ['suspected', 'watching', 'confirmed'],
	approve: ['confirmed'],
	control: ['confirmed'],
	close: ['controlled', 'false_alarm'],
	reopen: ['closed', 'false_alarm'],
	silence: ['suspected', 'watching', 'confirmed', 'controlled', 'false_alarm']
};

/** May this person do it now? The server decides; this only keeps what cannot work off the screen. */
export function may(incident: Detail, verb: Verb, who: Who): boolean {
	if (!FROM[verb].includes(incident.state)) return false;
	if (verb === 'approve' && (!incident.dismissal || incident.dismissal.person.id === who.id)) return false;
	if (incident.may) {
		const names = [verb, verb.replaceAll('-', '_'), ...(verb === 'dismiss' ? ['dismiss_afar'] : [])];
		return names.some((name) => incident.may!.includes(name));
	}
	if (verb === 'dismiss' && incident.state === 'suspected' && who.can('incidents.dismiss_afar')) return true;
	return who.can(NEEDS[verb]);
}

const mine = (incident: Detail, who: Who): Responder | undefined =>
	incident.responders?.find((responder) => responder.id === who.id);

/** Has this step been taken? A desk records it for all; somebody on foot answers for himself. */
export function isDone(incident: Detail, verb: 'acknowledge' | 'arrive' | 'attack', who: Who): boolean {
	const at =
		`${verb === 'acknowledge' ? 'acknowledged' : verb === 'arrive' ? 'arrived' : 'attacked'}_at` as const;
	if (who.isOffice || verb === 'attack' || !incident.responders) return Boolean(incident[at]);
	return Boolean(mine(incident, who)?.[at]);
}

/** The one big next step, or null when there is nothing for this person to do. */
export function nextStep(incident: Detail, who: Who): Verb | null {
	const steps: Verb[] = [];
	if (isOpen(incident) && incident.state !== 'controlled') {
		if (!isDone(incident, 'acknowledge', who)) steps.push('acknowledge');
		else if (!isDone(incident, 'arrive', who)) steps.push('arrive');
	}
	if (incident.dismissal) steps.unshift('approve');
	if (incident.state === 'suspected' || incident.state === 'watching') steps.push('confirm');
	if (incident.state === 'confirmed')
		steps.push(...(incident.attacked_at ? [] : (['attack'] as Verb[])), 'control');
	if (incident.state === 'controlled' || incident.state === 'false_alarm') steps.push('close');
	return steps.find((verb) => may(incident, verb, who)) ?? null;
}

// --- roll call ----------------------------------------------------------------------------------------------

/** The joined towers in which people live, by name: what burns in the garage below them is theirs too. */
export const joinedTowers = (roll: Roll) =>
	(roll.joined ?? [])
		.filter(({ floors }) => floors.some((floor) => floor.dwellings.length))
		.sort((a, b) => a.building.name.localeCompare(b.building.name, 'zh', { numeric: true }));

export const needsHelp = (door: Door) => (door.needs ?? 0) > 0 || Boolean(door.who?.length);
export const countsOf = (floor: RollFloor): RollCounts => ({
	safe: floor.dwellings.filter((door) => door.status === 'safe').length,
	help: floor.dwellings.filter((door) => door.status === 'help').length,
	silent: floor.dwellings.filter((door) => door.status === 'silent' || door.status === 'fire').length,
	needs: floor.dwellings.filter((door) => needsHelp(door) && door.status !== 'safe').length
});

/** Floors that need somebody: burning, asking for help, or with people known to need help who have not said "safe". */
export function floorsWithNeed(roll: Roll, burning: ReadonlySet<number>): RollFloor[] {
	return roll.floors.filter((floor) => {
		const counts = countsOf(floor);
		return burning.has(floor.ordinal) || counts.help > 0 || counts.needs > 0;
	});
}

/** Who is to be fetched first: asks for help, then known to need help, then silent; the floors above the fire first. */
export function doorsToKnock(
	roll: Roll,
	burning: ReadonlySet<number>
): { building: Named | null; floor: RollFloor; door: Door }[] {
	const lowest = Math.min(...burning, Infinity);
	const rank = (door: Door) => (door.status === 'help' ? 0 : needsHelp(door) ? 1 : 2);
	const boards = [{ building: null, floors: roll.floors }, ...(roll.joined ?? [])];
	return boards
		.flatMap(({ building, floors }) =>
			floors.flatMap((floor) => floor.dwellings.map((door) => ({ building, floor, door })))
		)
		.filter(({ door }) => door.status !== 'safe')
		.sort(
			(a, b) =>
				rank(a.door) - rank(b.door) ||
				Number(Boolean(a.building)) - Number(Boolean(b.building)) ||
				(a.building?.name ?? '').localeCompare(b.building?.name ?? '', 'zh', { numeric: true }) ||
				Number(b.floor.ordinal >= lowest) - Number(a.floor.ordinal >= lowest) ||
				Math.abs(a.floor.ordinal - lowest) - Math.abs(b.floor.ordinal - lowest) ||
				a.door.number.localeCompare(b.door.number)
		);
}

// --- the way there ------------------------------------------------------------------------------------------

const metres = (a: { lat: number; lon: number }, b: { lat: number; lon: number }) =>
	Math.hypot((a.lat - b.lat) * 111_000, (a.lon - b.lon) * 111_000 * Math.cos((a.lat * Math.PI) / 180));

/** Gates in the order in which an engine should try them: fire lanes first, then the nearest to the building. */
export function gatesFor(building: { lat?: number; lon?: number }, gates: readonly GatePoint[]): GatePoint[] {
	if (building.lat === undefined || building.lon === undefined) return [...gates];
	const to = { lat: building.lat, lon: building.lon };
	return [...gates].sort(
		(a, b) => Number(b.is_fire_lane) - Number(a.is_fire_lane) || metres(a, to) - metres(b, to)
	);
}

export type MapApp = 'amap' | 'apple' | 'phone';

/**
 * The address that opens a map app at a gate. AMap and Apple's maps count in GCJ-02 inside China, `geo:` (RFC 5870)
 * is WGS 84: with the wrong one the engine stands 500 m off.
 */
export function mapAddress(app: MapApp, gate: GatePoint): string {
	const name = encodeURIComponent(gate.name);
	const gcj = gate.gcj ?? gate;
	if (app === 'amap')
		return `https://uri.amap.com/navigation?to=${gcj.lon},${gcj.lat},${name}&mode=car&coordinate=gaode&callnative=1&src=shouwang`;
	if (app === 'apple') return `https://maps.apple.com/?daddr=${gcj.lat},${gcj.lon}&q=${name}&dirflg=d`;
	return `geo:${gate.lat},${gate.lon}?q=${gate.lat},${gate.lon}(${name})`;
}
