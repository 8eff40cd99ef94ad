export { homePath, keepBuilding } from './place.ts';
export { prefs } from './prefs.svelte.ts';
export { session } from './session.svelte.ts';
