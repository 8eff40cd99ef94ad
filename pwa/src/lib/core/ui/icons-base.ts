/* Drawn in one hand: 24 grid, stroke 1.75, round caps and joins, no fills. Each is one path. */
export const building =
	'M4.5 20.5V9L12 3.5 19.5 9v11.5M4.5 20.5H9m6 0h4.5M9 20.5V15h6v5.5M8.5 11h.01M12 11h.01M15.5 11h.01';
export const bell = 'M6 16.5V11a6 6 0 0 1 12 0v5.5l1.5 1.5h-15L6 16.5ZM10 20.5h4M12 3.5V5';
export const person = 'M12 11.5a4 4 0 1 0 0-8 4 4 0 0 0 0 8ZM4.5 20.5c.6-3.6 3.6-5.5 7.5-5.5s6.9 1.9 7.5 5.5';
export const phone =
	'M5.2 3.5h3l1.7 4.3-2.2 1.7c1.2 2.7 3.1 4.6 5.8 5.8l1.7-2.2 4.3 1.7v3c0 1.3-1 2.2-2.3 2.2C9.8 20 4 14.2 3 5.8c0-1.3.9-2.3 2.2-2.3Z';
export const flame =
	'M12 20.5c-3.6 0-6-2.4-6-5.8 0-2.6 1.5-4.3 3-6 .3 1.3.8 2 1.6 2.6C10.4 7.8 11.4 5 13.5 3.5c0 2.6 1.3 4 2.6 5.6 1.2 1.5 1.9 3 1.9 5.1 0 3.7-2.4 6.3-6 6.3Z';
export const check = 'M5 12.5l4.5 4.5L19 7.5';
export const checkCircle = 'M12 20.5a8.5 8.5 0 1 0 0-17 8.5 8.5 0 0 0 0 17ZM8.2 12.3l2.6 2.6 5-5.2';
export const cross = 'M6 6l12 12M18 6 6 18';
export const chevronRight = 'M9.5 5.5 16 12l-6.5 6.5';
export const chevronDown = 'M5.5 9 12 15.5 18.5 9';
export const chevronLeft = 'M14.5 5.5 8 12l6.5 6.5';
export const calendar = 'M4.5 6h15v14h-15zM4.5 10h15M8.5 3.5V7M15.5 3.5V7';
export const clockFace = 'M12 20.5a8.5 8.5 0 1 0 0-17 8.5 8.5 0 0 0 0 17ZM12 7.5V12l3 2';
export const wrench =
	'M14.5 9.5 5.3 18.7a1.4 1.4 0 0 1-2-2L12.5 7.5a4.5 4.5 0 0 1 6-4.4l-2.8 2.8.4 2 2 .4 2.8-2.8a4.5 4.5 0 0 1-6.4 4Z';
export const door = 'M6 20.5v-17h9v17M3.5 20.5h17M15 5.5l3 1.5v13.5M12 12h.01';
export const shield = 'M12 3.5l7 2.5v5.5c0 4.3-2.8 7.3-7 9-4.2-1.7-7-4.7-7-9V6l7-2.5Z';
export const qr =
	'M4 4h6v6H4zM14 4h6v6h-6zM4 14h6v6H4zM14 14h2v2M20 14v2M14 20h2M18 18h2v2M7 7h.01M17 7h.01M7 17h.01';
export const antenna =
	'M12 11.5a2 2 0 1 0 0-4 2 2 0 0 0 0 4ZM12 11.5v9M9 20.5h6M7.8 13.7a6 6 0 0 1 0-8.4M16.2 13.7a6 6 0 0 0 0-8.4M5 16.5a10 10 0 0 1 0-14M19 16.5a10 10 0 0 0 0-14';
export const eyeOff =
	'M4 4l16 16M9.5 6c.8-.3 1.6-.5 2.5-.5 3.8 0 7 2.2 9.5 6.5-.9 1.5-1.9 2.8-3 3.8M6.5 7.5C5 8.6 3.7 10.1 2.5 12c2.5 4.3 5.7 6.5 9.5 6.5 1.4 0 2.7-.3 3.9-.9';
export const tools = 'M4 20 13 11M14.5 4.5l5 5M17 2.5 21.5 7l-5 5-4.5-4.5 5-5Z';
