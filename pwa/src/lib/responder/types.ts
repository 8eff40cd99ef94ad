import type { Id, Incident, IncidentDetail, Named, Time } from '#lib/core/api/index.ts';

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
export type DoorStatus = 'safe' | 'help' | 'silent';
export type Door = {
	id: Id;
	number: string;
	status: DoorStatus;
	people?: number | null;
	can_walk?: boolean | null;
	smoke?: boolean | null;
	at?: Time | null;
	is_source?: boolean;
	needs?: Need[];
	names?: string[];
};
export type RollFloor = { ordinal: number; label: string; is_refuge: boolean; dwellings: Door[] };
export type RollCounts = { safe: number; help: number; silent: number; needs: number };
export type Roll = { counts: RollCounts; floors: RollFloor[] };

export type Responder = {
	person: Named;
	role?: string | null;
	acknowledged_at: Time | null;
	arrived_at: Time | null;
	attacked_at: Time | null;
};

/** A list item with the door, when the detector hangs in one. */
export type Item = Incident & { dwelling?: { id?: Id; number: string } | null; case_at?: Time };

export type Evidence = {
	at: Time;
	words: string;
	evidence?: string;
	label?: string;
	device_id?: Id | null;
	is_source_verified?: boolean;
};

/** An incident as a responder reads it. */
export type Detail = Omit<IncidentDetail, 'roll_call' | 'evidence'> &
	Item & {
		evidence?: Evidence[];
		roll_call?: Roll | null;
		may?: string[];
		watching_until?: Time | null;
		dismissal?: { person: Named; reason: string; note?: string | null; at: Time } | null;
		responders?: Responder[];
		cause?: string | null;
		grade?: string | null;
		loss?: string | null;
		note?: string | null;
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
