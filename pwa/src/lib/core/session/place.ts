import { keepSetting, setting } from '../db/index.ts';
import { session } from './session.svelte.ts';

/** The GET that draws the home screen; the fire screen reads the same copy, so that it is whole without a network. */
export async function homePath(): Promise<string> {
	const chosen = await setting<string>('building');
	const isMine = session.me?.homes.some((home) => home.building.id === chosen);
	return chosen && isMine ? '/home?building=' + chosen : '/home';
}

export function keepBuilding(id: string): Promise<void> {
	return keepSetting('building', id);
}
