export { default as AlarmTest } from './AlarmTest.svelte';
export { default as Household } from './Household.svelte';
export { default as Me } from './Me.svelte';
export { default as Sessions } from './Sessions.svelte';
