export { default as DevicePage } from './DevicePage.svelte';
export { default as Facilities } from './Facilities.svelte';
export { SYSTEMS, systemWord, type System } from './systems.ts';
