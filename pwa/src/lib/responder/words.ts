import * as m from '#lib/paraglide/messages.js';
import { getLocale } from '#lib/paraglide/runtime.js';
import { nameIn, type Category, type IncidentState } from '#lib/core/api/index.ts';
import { icons } from '#lib/core/ui/index.ts';
import type { Group } from './model.ts';
import type { Item, Verb } from './types.ts';

export const stateWord: Record<IncidentState, () => string> = {
	suspected: m.state_suspected,
	watching: m.state_watching,
	confirmed: m.state_confirmed,
	controlled: m.state_controlled,
	false_alarm: m.state_false_alarm,
	closed: m.state_closed
};
export const categoryWord: Record<Category, () => string> = {
	fire: m.category_fire,
	gas: m.category_gas,
	electrical: m.category_electrical,
	trapped: m.category_trapped,
	other: m.category_other
};
export const categoryIcon: Record<Category, string> = {
	fire: icons.flame,
	gas: icons.gas,
	electrical: icons.bolt,
	trapped: icons.noLift,
	other: icons.alarm
};
export const groupWord: Record<Group, () => string> = {
	burning: m.responder_group_burning,
	checking: m.responder_group_checking,
	controlled: m.responder_group_controlled,
	exercise: m.responder_group_exercise
};
export const verbWord: Record<Verb, () => string> = {
	acknowledge: m.responder_do_acknowledge,
	arrive: m.responder_do_arrive,
	attack: m.responder_do_attack,
	'ask-for-help': m.responder_do_ask_for_help,
	confirm: m.responder_do_confirm,
	dismiss: m.responder_do_dismiss,
	approve: m.responder_do_approve,
	control: m.responder_do_control,
	close: m.responder_do_close,
	reopen: m.responder_do_reopen,
	silence: m.responder_do_silence
};
/** 晨光里 7 号楼 21 层 2104: where, as one says it into a radio. */
export function placeOf(incident: Item): string {
	const known = incident.building ?? incident.estate;
	const building = known ? nameIn(known) : m.responder_place_unknown();
	/* the fire's own floors first; a flow switch or a pump in the cellar speaks for them */
	const labels = [...incident.floors]
		.sort((a, b) => Number(a.ordinal < 0) - Number(b.ordinal < 0) || a.ordinal - b.ordinal)
		.map((floor) => floor.label);
	const floors =
		labels.length === 0
			? ''
			: labels.length === 1
				? m.floor({ label: labels[0]! })
				: m.floor({
						label: labels.length > 3 ? `${labels[0]}–${labels.at(-1)}` : labels.join(m.responder_comma())
					});
	const parts = [building, floors, incident.dwelling?.number ?? ''];
	return parts.filter(Boolean).join(getLocale() === 'en' ? ', ' : ' ');
}

export function headWord(incident: Item): string {
	if (incident.is_exercise) return `${m.exercise()} · ${stateWord[incident.state]()}`;
	const word =
		incident.category === 'fire' && incident.state === 'confirmed' ? m.responder_fire_confirmed() : '';
	return word || `${categoryWord[incident.category]()} · ${stateWord[incident.state]()}`;
}

/** Why we hold it for true. */
export function verifiedWord(incident: Item): string | null {
	if (incident.verified_by === 'device')
		return m.responder_by_device({ n: Math.max(1, incident.signal_count) });
	if (incident.verified_by === 'person') return m.responder_by_person();
	if (incident.verified_by === 'nobody') return m.responder_by_nobody();
	return null;
}
