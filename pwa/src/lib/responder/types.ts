import type { Fits, Id, Incident, IncidentDetail, Named, Shapes, Time } from '#lib/core/api/index.ts';

export type Verb =
	| 'acknowledge'
	| 'arrive'
	| 'attack'
	| 'ask-for-help'
	| 'confirm'
	| 'dismiss'
	| 'approve'
	| 'control'
	| 'close'
	| 'reopen'
	| 'silence';

export type Need = { kind: string; label: string; note?: string; people?: number };
export type DoorStatus = 'safe' | 'help' | 'silent' | 'fire';
export type Door = {
	id: Id;
	number: string;
	status: DoorStatus;
	people?: number | null;
	can_walk?: boolean | null;
	smoke?: boolean | null;
	at?: Time | null;
	/** The detector that reported hangs here. */
	is_fire?: boolean;
	/** How many here are known to need help to leave; `who` they are, for whom may know. */
	needs?: number;
	who?: Need[];
};
export type RollFloor = {
	ordinal: number;
	label: string;
	is_refuge: boolean;
	is_fire?: boolean;
	dwellings: Door[];
} & Partial<RollCounts>;
export type RollCounts = { safe: number; help: number; silent: number; needs: number };
export type Roll = {
	totals: RollCounts;
	floors: RollFloor[];
	joined?: { building: Named; totals: RollCounts; floors: RollFloor[] }[];
};

/** A line of the timeline: the actor's name as it was then. */
export type Line = {
	at: Time;
	verb: string;
	actor: { name: string; duty?: string } | string | null;
	text: string;
};

export type Responder = {
	id: Id;
	name: string;
	acknowledged_at: Time | null;
	arrived_at: Time | null;
	attacked_at: Time | null;
	metres?: number | null;
};

/** A list item with the door, when the detector hangs in one. */
export type Item = Incident;

export type Evidence = {
	at: Time;
	words: string;
	evidence?: string;
	label?: string;
	device_id?: Id | null;
	is_source_verified?: boolean;
};

/** An incident as a responder reads it. */
export type Detail = Item &
	Pick<Partial<IncidentDetail>, 'words' | 'own' | 'told' | 'roll_call_mine'> & {
		/** In the asker's language, with the door for who goes there. */
		place?: string;
		timeline: Line[];
		evidence?: Evidence[];
		roll_call?: Roll | null;
		may?: string[];
		watching_until?: Time | null;
		dismissal?: { person: Named; reason: string; note?: string | null; at: Time | null } | null;
		responders?: Responder[];
		cause?: string | null;
		grade?: string | null;
		loss?: string | null;
		note?: string | null;
	};

export type ClockReading = {
	key: 'answer' | 'arrive' | 'attack';
	limit_s: number;
	at: Time | null;
	seconds: number | null;
	is_met: boolean | null;
};
export type ReportData = {
	incident: Item;
	place: string;
	made_at: Time;
	is_final: boolean;
	clocks: ClockReading[];
	responders: { id: Id; name: string; metres: number | null; clocks: ClockReading[] }[];
	timeline: Line[];
	evidence: Evidence[];
	told: { step: string; people: number; received: number; answered: number }[];
	dismissals: {
		person: Named;
		at: Time;
		reason: string;
		at_scene: boolean;
		note: string | null;
		approved_by: Named | null;
	}[];
	roll_call: RollCounts;
	cause: string | null;
	grade: string | null;
	loss: string | null;
	note: string | null;
};

export type GatePoint = {
	id: Id;
	name: string;
	name_en?: string;
	lat: number;
	lon: number;
	gcj?: { lat: number; lon: number };
	is_fire_lane: boolean;
};

/** What the server gives must fit what the screens above take. */
export type Checked = [
	Fits<Detail, Shapes['IncidentDetail']>,
	Fits<ReportData, Shapes['Report']>,
	Fits<GatePoint, Shapes['Gate']>
];
