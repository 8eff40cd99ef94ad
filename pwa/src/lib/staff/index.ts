export { default as Admissions } from './Admissions.svelte';
export { default as Dismissals } from './Dismissals.svelte';
export { default as EndExercise } from './EndExercise.svelte';
export { default as Exercise } from './Exercise.svelte';
export { default as Links } from './Links.svelte';
export { default as OpenFaults } from './OpenFaults.svelte';
