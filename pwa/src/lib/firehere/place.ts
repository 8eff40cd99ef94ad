import { nameIn, type HomeView } from '#lib/core/api/index.ts';

/** What the person chose: a floor of the own building, or where the phone is. */
export type Spot = { floorId: string | null } | { lat: number; lon: number; accuracy: number };

export type PlaceIn =
	| { qr: string; floor_id?: string }
	| { building_id: string; floor_id?: string }
	| { lat: number; lon: number };

/** The proof of place the server asks for: the building's QR code, the own building, or a position; null without any. */
export function wherePossible(
	qr: string | null,
	home: HomeView | undefined,
	spot: Spot | null
): PlaceIn | null {
	if (spot && 'lat' in spot) return { lat: spot.lat, lon: spot.lon };
	if (qr) return { qr };
	const building = home?.building;
	if (!building) return null;
	const own = building.floors.find((floor) => floor.ordinal === home.own?.floor_ordinal)?.id ?? null;
	const floor = spot ? spot.floorId : own;
	return { building_id: building.id, ...(floor ? { floor_id: floor } : {}) };
}

/** A building's name for a stranger: the Chinese one has its estate in it, the English one stands beside it. */
export function publicName(seen: {
	name: string;
	name_en: string;
	estate: string;
	estate_en: string;
}): string {
	const [name, estate] = [nameIn(seen), nameIn({ name: seen.estate, name_en: seen.estate_en })];
	return !estate || name.includes(estate)
		? name
		: name === seen.name
			? `${estate} ${name}`
			: `${name}, ${estate}`;
}
