/** Shapes of the API as the screens use them: those of schema.d.ts, which is made from the server's description. */
import type { components } from './schema.d.ts';

/** Every shape that the server's description names. */
export type Shapes = components['schemas'];
type S = Shapes;
/** A check without a trace at run time: does what the server gives fit what a screen takes? */
export type Fits<Taken, Given extends Taken> = Given;

/** Ids are UUIDv7 strings, times RFC 3339 in UTC. */
export type Id = string;
export type Time = string;

export type Page<T> = { items: T[]; next: string | null };
export type Named = S['Named'];
export type FloorRef = S['IncidentFloor'];

export type Home = S['Home'];
export type Me = S['Me'];
export type Role = S['HeldRole']['role'];

export type Incident = S['Incident'];
export type Category = Incident['category'];
export type IncidentState = Incident['state'];
export type TimelineEntry = S['Line'];
export type IncidentDetail = S['IncidentDetail'];

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

/** What to do, in the asker's language, for the asker's own floor. The phone's own words have less than the server's. */
export type Words = Partial<Omit<S['FloorWords'], 'steps'>> &
	Pick<S['FloorWords'], 'situation' | 'what' | 'where'> & { steps: Step[] };
type Step = Partial<S['Step']> & Pick<S['Step'], 'title'>;
/** What the server says is more than that. */
export type ServerWords = Fits<Words, S['FloorWords']>;

export type Stair = S['Side'];
export type Plan = S['Plan'];
export type Floor = S['Floor'];
export type BuildingCard = S['BuildingCard'];

export type GaugeReading = S['Gauge'];
export type Status = S['Status'];
export type Fault = S['HomeFault'];
export type HomeView = S['FirstScreen'];

export type NoticeItem = S['Notice'];
export type PushTest = S['Hops'];
export type SessionItem = S['Session'];
