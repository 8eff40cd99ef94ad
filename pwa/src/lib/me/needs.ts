import * as m from '#lib/paraglide/messages.js';

export type NeedKind = 'mobility' | 'hearing' | 'sight' | 'oxygen' | 'infant' | 'other';
export type Need = { label: string; kind: NeedKind; note: string; people: number };
export type Dwelling = {
	id: string;
	number: string;
	household: number | null;
	building: { id: string; name: string };
	needs: Need[];
};

const WORDS: Record<NeedKind, () => string> = {
	mobility: m.household_mobility,
	hearing: m.household_hearing,
	sight: m.household_sight,
	oxygen: m.household_oxygen,
	infant: m.household_infant,
	other: m.household_other
};

export const needKinds = Object.keys(WORDS) as NeedKind[];
export const needWord = (kind: NeedKind) => WORDS[kind]();
