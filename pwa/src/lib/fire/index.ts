export { default as FirePage } from './FirePage.svelte';
