import * as m from '#lib/paraglide/messages.js';
import type { Id, Named, Time } from '#lib/core/api/index.ts';

export type DeviceItem = {
	id: Id;
	transmitter_id: Id;
	system_type: number;
	system_address: number;
	component_type: number;
	component_address: number;
	kind: string;
	kind_name?: string | null;
	place: {
		building: Named | null;
		floor: { id: Id; label: string; ordinal: number } | null;
		label: string;
	};
	state: string;
	since: Time | null;
	seen_at: Time | null;
	silenced_until?: Time | null;
};

export type System = 'alarm' | 'water' | 'smoke' | 'evacuation' | 'electricity' | 'gas' | 'extinguishing';
export const SYSTEMS: System[] = [
	'alarm',
	'water',
	'smoke',
	'evacuation',
	'electricity',
	'gas',
	'extinguishing'
];

/* GB/T 26875.3 table 5 (system types); components that belong elsewhere than their loop come first */
const BY_KIND: Record<string, System> = { gas: 'gas', electrical: 'electricity' };
const BY_TYPE: Record<number, System> = {
	11: 'water',
	12: 'water',
	13: 'extinguishing',
	14: 'water',
	15: 'water',
	16: 'extinguishing',
	17: 'extinguishing',
	18: 'smoke',
	19: 'smoke',
	20: 'evacuation',
	21: 'evacuation',
	22: 'evacuation',
	23: 'electricity',
	24: 'evacuation'
};
export const systemOf = (device: { kind: string; system_type: number }): System =>
	BY_KIND[device.kind] ?? BY_TYPE[device.system_type] ?? 'alarm';

/** What a device's state means for the one who reads it. `fire` is the only one that is red. */
export type Light = 'fire' | 'alarm' | 'fault' | 'off' | 'silent' | 'acting' | 'ok';
const LIGHT: Record<string, Light> = {
	fire: 'fire',
	alarm: 'alarm',
	fault: 'fault',
	shielded: 'off',
	supervisory: 'acting',
	started: 'acting',
	feedback: 'acting',
	normal: 'ok',
	unknown: 'silent'
};
export const lightOf = (device: { state: string }): Light => LIGHT[device.state] ?? 'silent';
const GRAVITY: Light[] = ['fire', 'alarm', 'fault', 'silent', 'off', 'acting', 'ok'];

export type Summary = { system: System; total: number; counts: Record<Light, number>; worst: Light };

/** One line a system: how many, and the gravest of what they say. Systems without a device are left out. */
export function summarise(devices: readonly DeviceItem[]): Summary[] {
	return SYSTEMS.map((system) => {
		const own = devices.filter((device) => systemOf(device) === system);
		const counts = Object.fromEntries(GRAVITY.map((light) => [light, 0])) as Record<Light, number>;
		for (const device of own) counts[lightOf(device)] += 1;
		const worst = GRAVITY.find((light) => counts[light] > 0) ?? 'silent';
		return { system, total: own.length, counts, worst };
	}).filter(({ total }) => total > 0);
}

/** The gravest first, then from the top floor down. */
export const byGravity = (devices: readonly DeviceItem[]): DeviceItem[] =>
	[...devices].sort(
		(a, b) =>
			GRAVITY.indexOf(lightOf(a)) - GRAVITY.indexOf(lightOf(b)) ||
			(b.place.floor?.ordinal ?? 0) - (a.place.floor?.ordinal ?? 0) ||
			a.place.label.localeCompare(b.place.label)
	);

export const systemWord: Record<System, () => string> = {
	alarm: m.facilities_system_alarm,
	water: m.facilities_system_water,
	smoke: m.facilities_system_smoke,
	evacuation: m.facilities_system_evacuation,
	electricity: m.facilities_system_electricity,
	gas: m.facilities_system_gas,
	extinguishing: m.facilities_system_extinguishing
};

export function summaryWord({ worst, counts }: Summary): string {
	if (worst === 'fire') return m.facilities_word_fire({ n: counts.fire });
	if (worst === 'alarm') return m.facilities_word_alarm({ n: counts.alarm });
	if (worst === 'fault') return m.facilities_word_fault({ n: counts.fault });
	if (worst === 'silent') return m.facilities_word_silent({ n: counts.silent });
	if (worst === 'off') return m.facilities_word_off({ n: counts.off });
	if (worst === 'acting') return m.facilities_word_acting({ n: counts.acting });
	return m.facilities_word_ok();
}

const STATE: Record<string, () => string> = {
	fire: m.facilities_state_fire,
	alarm: m.facilities_state_alarm,
	fault: m.facilities_state_fault,
	shielded: m.facilities_state_shielded,
	supervisory: m.facilities_state_supervisory,
	started: m.facilities_state_started,
	feedback: m.facilities_state_feedback,
	normal: m.facilities_state_normal,
	unknown: m.facilities_state_unknown
};
export const deviceState = (device: { state: string }): string =>
	(STATE[device.state] ?? STATE['unknown']!)();

const KIND: Record<string, () => string> = {
	panel: m.facilities_kind_panel,
	gas: m.facilities_kind_gas,
	electrical: m.facilities_kind_electrical,
	loop: m.facilities_kind_loop,
	call_point: m.facilities_kind_call_point,
	hydrant_button: m.facilities_kind_hydrant_button,
	detector: m.facilities_kind_detector,
	heat: m.facilities_kind_heat,
	smoke: m.facilities_kind_smoke,
	combined: m.facilities_kind_combined,
	flame: m.facilities_kind_flame,
	video: m.facilities_kind_video,
	extinguishing: m.facilities_kind_extinguishing,
	controller: m.facilities_kind_controller,
	module: m.facilities_kind_module,
	pump: m.facilities_kind_pump,
	tank: m.facilities_kind_tank,
	flow_switch: m.facilities_kind_flow_switch,
	valve: m.facilities_kind_valve,
	pressure_switch: m.facilities_kind_pressure_switch,
	pressure: m.facilities_kind_pressure,
	fire_door: m.facilities_kind_fire_door,
	damper: m.facilities_kind_damper,
	fan: m.facilities_kind_fan,
	shutter: m.facilities_kind_shutter,
	sounder: m.facilities_kind_sounder
};
export const kindWord = (device: { kind: string; kind_name?: string | null }): string =>
	device.kind_name || (KIND[device.kind] ?? m.facilities_kind_other)();
