import type { Fault, GaugeReading, HomeView, Status } from '#lib/core/api/index.ts';
import { clock, day } from '#lib/core/time/index.ts';
import * as m from '#lib/paraglide/messages.js';

export type Headline = { title: string; kind: 'well' | 'amber' | 'ink' | 'off' };

/** The one word of the day. Offline is no verdict on the building: the last known word stays, its age says the rest. */
export function headline(view: HomeView, isOffline: boolean): Headline {
	const status = view.status;
	if (!status) return { title: m.home_none(), kind: 'off' };
	const faults = view.faults.filter(isOpen).length;
	const words: Record<Status['state'], Headline> = {
		well: { title: m.home_well(), kind: 'well' },
		repair: { title: faults > 1 ? m.home_repair({ n: faults }) : m.home_repair_one(), kind: 'amber' },
		unwatched: { title: m.home_unwatched({ n: Math.max(1, status.unwatched.length) }), kind: 'amber' },
		alarm: { title: m.home_alarm(), kind: 'ink' }
	};
	const found = words[status.state];
	return isOffline ? { ...found, kind: 'off' } : found;
}

/** "45 个正常", "1 个故障": the parts of the line under the word. */
export function proof(view: HomeView): string[] {
	const status = view.status;
	if (!status) return [];
	const faults = view.faults.filter(isOpen).length;
	const silent = status.total - status.online;
	if (status.state === 'well') return [m.home_online({ n: status.online })];
	return [
		m.home_fine({ n: Math.max(0, status.online - faults) }),
		...(faults ? [m.home_faults({ n: faults })] : []),
		...(silent > 0 ? [m.home_silent({ n: silent })] : [])
	];
}

/** The fault that the drawing shows: the first that has a floor. Its place in words stands beside it. */
export function faultMark(faults: readonly Fault[]): { ordinal: number; text: string } | null {
	const first = faults.find((fault) => fault.floor);
	if (!first?.floor) return null;
	const floor = m.floor({ label: first.floor.label });
	const place = first.place ?? '';
	return {
		ordinal: first.floor.ordinal,
		text: place.includes(floor) ? place : [floor, place].join(' ').trim()
	};
}

export function isOpen(fault: Fault): boolean {
	return fault.state !== 'recovered';
}

const GAUGES: Record<string, () => string> = {
	water_pressure: m.home_gauge_water_pressure,
	tank_level: m.home_gauge_tank_level,
	fire_doors: m.home_gauge_fire_doors
};

export function gaugeTitle(reading: GaugeReading): string {
	return (GAUGES[reading.key] ?? m.home_gauge_other)();
}

/** The steps of a fault for the notice: those with a time are behind us; today's times are short. */
export function stepsOf(fault: Fault) {
	return fault.steps.map((step) => ({
		label: step.label,
		note: step.at ? shortTime(step.at) : null,
		isDone: Boolean(step.at)
	}));
}

function shortTime(at: string): string {
	const isToday = new Date(at).toDateString() === new Date().toDateString();
	return isToday ? clock(at) : day(at, false);
}

/** Who keeps watch now: people are what keeps watch. */
export function watchLine(watch: HomeView['watch']): string[] {
	if (!watch) return [];
	if (!watch.people) return [m.home_watch_none()];
	return [
		m.home_watch({ people: watch.people }),
		...(watch.control_room ? [m.home_watch_room({ n: watch.control_room })] : []),
		...(watch.station ? [m.home_watch_station({ n: watch.station })] : []),
		...(watch.property ? [m.home_watch_property({ n: watch.property })] : [])
	];
}
