export { default as PublicPage } from './PublicPage.svelte';
