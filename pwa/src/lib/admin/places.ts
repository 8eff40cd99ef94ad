import type { Id, Named } from '#lib/core/api/index.ts';

export type Area = {
	id: Id;
	code: string;
	level: string;
	name: string;
	name_en: string;
	parent_id: Id | null;
};
export type Estate = {
	id: Id;
	area_id: Id;
	name: string;
	name_en: string;
	address: string;
	lat: number;
	lon: number;
	has_property: boolean;
};
export type Building = {
	id: Id;
	name: string;
	name_en: string;
	kind: string;
	estate: Named | null;
	lat: number;
	lon: number;
};

export type NewFloor = { ordinal: number; label: string; is_refuge: boolean; dwellings: string[] };

/**
 * Floors of a new building from three numbers: `cellars` below, `top` above, `flats` doors on each floor from the
 * second up. Refuge floors have no doors. There is no ordinal 0.
 */
export function plainFloors(
	top: number,
	cellars: number,
	flats: number,
	refuge: readonly number[]
): NewFloor[] {
	const ordinals = [
		...Array.from({ length: cellars }, (_, i) => i - cellars),
		...Array.from({ length: top }, (_, i) => i + 1)
	];
	return ordinals.map((ordinal) => {
		const isRefuge = refuge.includes(ordinal);
		const hasDoors = ordinal > 1 && !isRefuge;
		return {
			ordinal,
			label: ordinal < 0 ? `B${-ordinal}` : String(ordinal),
			is_refuge: isRefuge,
			dwellings: hasDoors
				? Array.from({ length: flats }, (_, i) => `${ordinal}${String(i + 1).padStart(2, '0')}`)
				: []
		};
	});
}

/** "30.1905" to a number, or null when it is none or out of range. */
export function degree(text: string, most: 90 | 180): number | null {
	const value = Number(text.trim());
	return text.trim() && Number.isFinite(value) && Math.abs(value) <= most ? value : null;
}
