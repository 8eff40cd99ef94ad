/** Shapes of the API as the screens use them. Ids are UUIDv7 strings, times RFC 3339 in UTC. */
export type Id = string;
export type Time = string;

export type Page<T> = { items: T[]; next: string | null };
export type Named = { id: Id; name: string };
export type FloorRef = { id: Id; label: string; ordinal: number };

export type Role =
	| 'resident'
	| 'property'
	| 'control_room'
	| 'station_member'
	| 'station_leader'
	| 'grid_worker'
	| 'police'
	| 'inspector'
	| 'administrator';

export type Home = {
	residency_id: Id;
	state: 'asked' | 'admitted' | 'refused' | 'ended';
	dwelling: { id: Id; number: string };
	floor: { label: string; ordinal: number };
	building: Named;
	estate: Named | null;
};

export type Me = {
	id: Id;
	name: string;
	phone_masked: string;
	language: 'zh' | 'en';
	is_large: boolean;
	permissions: string[];
	roles: { id?: Id; role: Role; scope: { kind: string; id: Id | null; name: string } }[];
	homes: Home[];
};

export type Category = 'fire' | 'gas' | 'electrical' | 'trapped' | 'other';
export type IncidentState = 'suspected' | 'watching' | 'confirmed' | 'controlled' | 'false_alarm' | 'closed';

export type Incident = {
	id: Id;
	category: Category;
	state: IncidentState;
	verified_by: 'device' | 'person' | 'nobody' | null;
	is_exercise: boolean;
	is_test?: boolean;
	estate: Named | null;
	building: Named | null;
	floors: FloorRef[];
	opened_at: Time;
	acknowledged_at: Time | null;
	arrived_at: Time | null;
	attacked_at: Time | null;
	confirmed_at: Time | null;
	controlled_at: Time | null;
	closed_at: Time | null;
	signal_count: number;
	last_signal_at: Time | null;
	version: number;
};

/** Where the asker stands to it; "above" means that it burns above the asker. */
export type Situation =
	| 'above'
	| 'below'
	| 'own_floor'
	| 'own_dwelling'
	| 'other_stair'
	| 'any'
	| 'suspected'
	| 'suspected_own'
	| 'next'
	| 'over'
	| 'false_alarm';

/** What to do, in the asker's language, for the asker's own floor. */
export type Words = {
	situation: Situation | (string & {});
	/** One line of 40 characters at most: what, where, do this. */
	line?: string;
	what: string;
	where: string;
	steps: { n?: number; title: string; detail?: string }[];
	never?: string | null;
	fallback?: { title: string; lines: string[] } | null;
	stair?: string | null;
	source?: string | null;
	approval?: string | null;
	is_approved?: boolean;
};

export type TimelineEntry = {
	at: Time;
	verb: string;
	actor: { id: Id; name: string; duty?: string | null } | null;
	text: string;
};

export type IncidentDetail = Incident & {
	timeline: TimelineEntry[];
	evidence?: { at: Time; words: string; evidence?: string; label?: string }[];
	told?: { people: number; received: number; answered: number };
	roll_call?: unknown;
	words?: Words | null;
	own?: {
		floor_ordinal: number;
		dwelling_id: Id;
		number: string;
		is_source: boolean;
		answered: 'mine' | 'real' | null;
	} | null;
	roll_call_mine?: { status: 'safe' | 'help'; at: Time } | null;
};

export type Stair = { id: string; side?: 'west' | 'east' | 'south' | 'north' | 'middle' };
export type Plan = {
	stairs?: Stair[];
	meeting_point?: { zh: string; en: string };
};

export type Floor = { id: Id; ordinal: number; label: string; is_refuge: boolean };

export type BuildingCard = {
	id: Id;
	name: string;
	name_en?: string | null;
	kind: 'tower' | 'podium' | 'garage' | 'plant' | 'house';
	estate: Named | null;
	lat?: number;
	lon?: number;
	gcj?: { lat: number; lon: number };
	floors: Floor[];
	plan: Plan;
	joined?: (Named & { how?: string })[];
};

export type GaugeReading = {
	key: string;
	word: string;
	value: number | null;
	unit: string;
	low: number | null;
	high: number | null;
	min: number | null;
	max: number | null;
	at: Time | null;
	state: 'ok' | 'off' | 'unknown';
	count?: number | null;
	total?: number | null;
};

export type Status = {
	state: 'well' | 'repair' | 'unwatched' | 'alarm';
	online: number;
	total: number;
	seen_at: Time | null;
	gauges: GaugeReading[];
	unwatched: { label: string; since: Time | null }[];
};

export type Fault = {
	id: Id;
	title: string;
	meaning: string;
	since: Time;
	state: string;
	steps: { label: string; at: Time | null }[];
	floor?: { ordinal: number; label: string } | null;
	place?: string | null;
};

export type HomeView = {
	kind: 'resident' | 'staff';
	buildings: { id: Id; name: string; kind: string }[];
	building: BuildingCard | null;
	own: {
		dwelling_id: Id;
		number: string;
		floor_ordinal: number;
		floor_label: string;
		state: 'asked' | 'admitted' | 'refused' | 'ended';
	} | null;
	status: Status | null;
	incidents: Incident[];
	watch: { people: number; control_room: number; station: number; property: number } | null;
	faults: Fault[];
	next_exercise: { at: Time; name?: string } | null;
};

export type NoticeItem = {
	id: Id;
	kind: string;
	title: string;
	body: string;
	url: string | null;
	urgency: 'alarm' | 'normal';
	created_at: Time;
	read_at: Time | null;
	ended_at: Time | null;
	subject?: { kind: string; id: Id };
};

export type PushTest = {
	notice_id: Id;
	created_at: Time;
	accepted_at: Time | null;
	received_at: Time | null;
	shown_at: Time | null;
	opened_at?: Time | null;
	state?: string;
	reason?: string | null;
};

export type SessionItem = {
	id: Id;
	created_at: Time;
	seen_at: Time;
	user_agent: string;
	address?: string;
	is_current: boolean;
};
