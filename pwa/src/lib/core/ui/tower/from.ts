import type { BuildingCard, Incident, Stair } from '../../api/types.ts';
import type { MarkKind, Side, TowerFloor } from './types.ts';

/** A building of the API as the drawing wants it. */
export function towerFloors(building: Pick<BuildingCard, 'floors'>): TowerFloor[] {
	const floors = building.floors.map(({ ordinal, label, is_refuge }) => ({
		ordinal,
		label,
		isRefuge: is_refuge
	}));
	return floors.length ? floors : [{ ordinal: 1, label: '1' }];
}

export function markKind(incident: Pick<Incident, 'state' | 'category' | 'is_exercise'>): MarkKind {
	if (incident.is_exercise) return 'exercise';
	if (incident.category === 'gas') return 'gas';
	return incident.state === 'suspected' || incident.state === 'watching' ? 'suspect' : 'fire';
}

const isOver = (incident: Pick<Incident, 'state'>) => ['closed', 'false_alarm'].includes(incident.state);

export function marksOf(
	incidents: readonly Incident[],
	buildingId: string
): { ordinal: number; kind: MarkKind }[] {
	return incidents
		.filter((incident) => incident.building?.id === buildingId && !isOver(incident))
		.flatMap((incident) =>
			incident.floors.map((floor) => ({ ordinal: floor.ordinal, kind: markKind(incident) }))
		);
}

/** Where a stair is drawn: the left notch is the west or south side, the right one the east or north. */
export function sideOf(stairs: readonly Stair[], id: string): Side | null {
	const at = stairs.findIndex((stair) => stair.id === id);
	if (at < 0) return null;
	const side = stairs[at]!.side;
	if (side === 'west' || side === 'south') return 'left';
	if (side === 'east' || side === 'north') return 'right';
	return at % 2 ? 'right' : 'left';
}
