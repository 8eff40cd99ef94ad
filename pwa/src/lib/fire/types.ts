import type { BuildingCard, HomeView, Incident, IncidentDetail, Words } from '#lib/core/api/index.ts';

/** What this phone knows of the person's home; all of it is kept before the fire. */
export type Place = { building: BuildingCard | null; own: HomeView['own'] };

export type FireView = Incident & Partial<Omit<IncidentDetail, keyof Incident>>;

/** The drawing's numbers stand only where the advice has the same three steps: leave, stair, meeting point. */
export function isDrawnAsTold(words: Words): boolean {
	return (words.situation === 'above' || words.situation === 'other_stair') && words.steps.length === 3;
}
