import { nameIn, type Incident, type Words } from '#lib/core/api/index.ts';
import * as m from '#lib/paraglide/messages.js';
import type { FireView, Place } from './types.ts';

const placeName = ({ building, estate }: FireView) => {
	const known = building ?? estate;
	return known ? nameIn(known) : '';
};
const isOver = (incident: Incident) => incident.state === 'closed' || incident.state === 'false_alarm';
const isUnsure = (incident: Incident) => incident.state === 'suspected' || incident.state === 'watching';

/** Storeys between two floors; there is no floor 0. */
export function flights(from: number, to: number): number {
	const step = (ordinal: number) => (ordinal > 0 ? ordinal - 1 : ordinal);
	return Math.abs(step(from) - step(to));
}

/** Smoke rises: of several burning floors one below decides before one above. */
export function nearest(own: number, floors: readonly number[]): number | null {
	if (!floors.length) return null;
	if (floors.includes(own)) return own;
	const below = floors.filter((floor) => floor < own);
	return below.length ? Math.max(...below) : Math.min(...floors);
}

export function situationOf(incident: FireView, place: Place): Words['situation'] {
	if (incident.state === 'false_alarm') return 'false_alarm';
	if (incident.state === 'closed') return 'over';
	if (isUnsure(incident)) return 'suspected';
	const own = place.own?.floor_ordinal;
	const isHere = incident.building && place.building?.id === incident.building.id;
	const near = own
		? nearest(
				own,
				incident.floors.map((floor) => floor.ordinal)
			)
		: null;
	if (!isHere || near === null || !own) return 'any';
	if (near === own) return 'own_floor';
	return near > own ? 'above' : 'below';
}

function what(incident: FireView): string {
	const building = placeName(incident);
	const label = incident.floors[0]?.label;
	if (incident.state === 'false_alarm') return m.fire_what_false();
	if (incident.state === 'closed') return m.fire_what_over();
	const both = (
		floor: (inputs: { label: string }) => string,
		whole: (inputs: { building: string }) => string
	) => (label ? floor({ label }) : whole({ building }));
	if (incident.is_exercise) return both(m.fire_what_exercise_floor, m.fire_what_exercise_building);
	if (incident.category === 'gas') return both(m.fire_what_gas_floor, m.fire_what_gas_building);
	if (isUnsure(incident)) return both(m.fire_what_suspect_floor, m.fire_what_suspect_building);
	if (incident.category !== 'fire') return both(m.fire_what_other_floor, m.fire_what_other_building);
	const high = incident.floors.at(-1)?.label;
	if (label && high && high !== label) return m.fire_what_floors({ low: label, high });
	return both(m.fire_what_floor, m.fire_what_building);
}

function where(incident: FireView, place: Place, situation: Words['situation']): string {
	if (isOver(incident)) return m.fire_where_over();
	if (isUnsure(incident)) return m.fire_where_check();
	const own = place.own?.floor_ordinal;
	const near = own
		? nearest(
				own,
				incident.floors.map((floor) => floor.ordinal)
			)
		: null;
	if (situation === 'own_floor') return m.fire_where_own_floor();
	if (own && near !== null && situation === 'above') return m.fire_where_above({ n: flights(own, near) });
	if (own && near !== null && situation === 'below') return m.fire_where_below({ n: flights(own, near) });
	return m.fire_where_other({ building: placeName(incident) });
}

type Step = Words['steps'][number];
const step = (title: string, detail?: string): Step => ({ title, ...(detail ? { detail } : {}) });

function steps(
	incident: FireView,
	place: Place,
	situation: Words['situation'],
	language: 'zh' | 'en'
): Step[] {
	const meeting = place.building?.plan.meeting_point?.[language];
	const goTo = meeting ? m.fire_go_to({ place: meeting }) : m.fire_go_out();
	const stair = step(m.fire_stair_any(), m.fire_stair_any_d());
	if (situation === 'false_alarm') return [step(m.fire_false_1(), m.fire_false_1d())];
	if (situation === 'over') return [step(m.fire_over_1(), m.fire_over_1d())];
	if (incident.category === 'gas')
		return [
			step(m.fire_gas_1(), m.fire_gas_1d()),
			step(m.fire_gas_2(), m.fire_gas_2d()),
			step(m.fire_gas_3(), m.fire_gas_3d())
		];
	if (situation === 'suspected')
		return [
			step(m.fire_suspect_1(), m.fire_suspect_1d()),
			step(m.fire_suspect_2(), m.fire_suspect_2d()),
			step(m.fire_suspect_3(), m.fire_suspect_3d())
		];
	const first =
		situation === 'above'
			? step(m.fire_above_1(), m.fire_above_1d())
			: situation === 'own_floor'
				? step(m.fire_floor_1(), m.fire_floor_1d())
				: step(m.fire_below_1(), m.fire_below_1d());
	return [first, stair, step(goTo, m.fire_above_3d())];
}

/** The refuge floor to go up to when the stair below is full of smoke. */
function refuge(place: Place): string | null {
	const own = place.own?.floor_ordinal ?? 0;
	return place.building?.floors.find((floor) => floor.is_refuge && floor.ordinal >= own)?.label ?? null;
}

/**
 * The server's words are fuller; these are the ones that every phone carries, so that the screen is whole
 * when an incident is known but the server cannot be reached.
 */
export function localWords(incident: FireView, place: Place, language: 'zh' | 'en'): Words {
	const situation = situationOf(incident, place);
	const isEnd = isOver(incident);
	const label = situation === 'below' ? refuge(place) : null;
	const smoke = label ? m.fire_smoke_refuge({ label }) : m.fire_smoke_a1();
	return {
		situation,
		what: what(incident),
		where: where(incident, place, situation),
		steps: steps(incident, place, situation, language),
		never: isEnd ? null : m.fire_no_lift(),
		fallback:
			isEnd || incident.category === 'gas'
				? null
				: { title: m.fire_smoke_q(), lines: [smoke, m.fire_smoke_a2()] },
		stair: null
	};
}
