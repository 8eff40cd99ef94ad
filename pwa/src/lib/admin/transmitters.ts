import * as m from '#lib/paraglide/messages.js';
import type { Id, Time } from '#lib/core/api/index.ts';

export type Transmitter = {
	id: Id;
	name: string;
	estate_id?: Id;
	building_id?: Id | null;
	source_address: number;
	profile: string;
	network: string | null;
	identity?: string;
	silent_after_s: number;
	state: 'new' | 'ok' | 'silent';
	silent_since: Time | null;
	last_seen_at: Time | null;
	last_peer?: string;
	good: number;
	denied: number;
	resent: number;
	quarantined: number;
	test_until: Time | null;
};
export type Frame = {
	received_at: Time;
	peer: string;
	hex?: string;
	raw?: string;
	outcome: string;
	problems?: string[];
	items?: Record<string, unknown>[];
	type?: number | null;
	serial?: number;
};
export type Stranger = {
	key?: string;
	peer_key?: string;
	id?: string;
	peer: string;
	source_address: number;
	count?: number;
	frames?: number;
	first_at?: Time;
	last_at?: Time;
	has_fire: boolean;
};

const STATE = { new: m.admin_tx_new, ok: m.admin_tx_ok, silent: m.admin_tx_silent };
export const stateOf = (one: Transmitter): string => (STATE[one.state] ?? STATE.new)();
const OUTCOME: Record<string, () => string> = {
	stored: m.admin_outcome_stored,
	resent: m.admin_outcome_resent,
	answer: m.admin_outcome_answer,
	denied: m.admin_outcome_denied,
	quarantined: m.admin_outcome_quarantined,
	refused: m.admin_outcome_refused,
	failed: m.admin_outcome_failed
};
/** What became of a frame. */
export const outcomeWord = (outcome: string): string => OUTCOME[outcome]?.() ?? outcome;

export const inTest = (one: Transmitter, now: number): boolean =>
	Boolean(one.test_until && new Date(one.test_until).getTime() > now);

/** Bytes in pairs, as one compares them with a maker's document. */
export const pairs = (hex: string): string => (hex.replace(/\s/g, '').match(/../g) ?? []).join(' ');

/** What a frame says, item by item, as plain text: shown beside the bytes. */
export const said = (frame: Frame): string[] =>
	(frame.items ?? []).map((item) =>
		Object.entries(item)
			.filter(([, value]) => value !== null && value !== '')
			.map(([name, value]) => `${name} ${typeof value === 'object' ? JSON.stringify(value) : String(value)}`)
			.join('  ')
	);
