/* Drawn in one hand: 24 grid, stroke 1.75, round caps and joins, no fills. Each is one path. */
export const people =
	'M9 11.5a3.5 3.5 0 1 0 0-7 3.5 3.5 0 0 0 0 7ZM2.5 19.5c.5-3.2 3-5 6.5-5s6 1.8 6.5 5M16 4.8a3.5 3.5 0 0 1 0 6.4M18 14.9c2 .7 3.2 2.3 3.5 4.6';
export const alarm =
	'M7.5 18.5V13a4.5 4.5 0 0 1 9 0v5.5M5 18.5h14v2H5zM12 3.5v2M4.5 6.5l1.5 1.5M19.5 6.5 18 8M2.5 12.5h2M19.5 12.5h2';
export const pin =
	'M12 21c4-4.3 6.5-7.6 6.5-11a6.5 6.5 0 0 0-13 0c0 3.4 2.5 6.7 6.5 11ZM12 12.5a2.5 2.5 0 1 0 0-5 2.5 2.5 0 0 0 0 5Z';
export const stairs = 'M3.5 20.5h4v-4h4v-4h4v-4h5';
export const noLift = 'M5.5 4h13v16.5h-13zM9.5 10 12 7.5l2.5 2.5M9.5 14.5 12 17l2.5-2.5M3 3l18 18.5';
export const search = 'M10.5 17a6.5 6.5 0 1 0 0-13 6.5 6.5 0 0 0 0 13ZM15.5 15.5l5 5';
export const upload = 'M12 15.5V4M7.5 8 12 3.5 16.5 8M4 15.5v5h16v-5';
export const download = 'M12 3.5V15M7.5 11l4.5 4.5L16.5 11M4 15.5v5h16v-5';
export const message = 'M4 4.5h16v12h-9l-4.5 4v-4H4zM8.5 10.5h.01M12 10.5h.01M15.5 10.5h.01';
export const letters = 'M3 18.5 8 5.5l5 13M4.7 14h6.6M14.5 18.5l3-8 3 8M15.5 16h4';
export const globe =
	'M12 20.5a8.5 8.5 0 1 0 0-17 8.5 8.5 0 0 0 0 17ZM3.5 12h17M12 3.5c2.5 2.5 3.5 5.3 3.5 8.5s-1 6-3.5 8.5c-2.5-2.5-3.5-5.3-3.5-8.5s1-6 3.5-8.5Z';
export const home = 'M3.5 11.5 12 4l8.5 7.5M6 9.5v11h12v-11M10 20.5V15h4v5.5';
export const lock = 'M5.5 10.5h13v10h-13zM8.5 10.5V7.5a3.5 3.5 0 0 1 7 0v3M12 14.5v2.5';
export const leave = 'M10 4H4.5v16H10M9.5 12h11M16.5 8l4 4-4 4';
export const walk =
	'M13.5 5.5h.01M12 9l-1.5 5 3 2.5 1 4.5M10.5 14l-1 3.5L7 21M12 9l-3.5 1.5L7.5 13M12 9l2.5 3 3 .5';
export const wheelchair =
	'M10 6a1.4 1.4 0 1 0 0-2.8A1.4 1.4 0 0 0 10 6ZM10 8.5V14h5l2.5 5.5M10 11h4M8.5 11.8a5 5 0 1 0 6 6.7';
export const drop = 'M12 3.5c3.5 4 6 7.2 6 10.5a6 6 0 0 1-12 0c0-3.3 2.5-6.5 6-10.5Z';
export const gas =
	'M8 20.5h8a2 2 0 0 0 2-2V11a3 3 0 0 0-3-3H9a3 3 0 0 0-3 3v7.5a2 2 0 0 0 2 2ZM9.5 8V5h5v3M12 3.5V5M9.5 13.5h5';
export const bolt = 'M13.5 3 5.5 13.5H12L10.5 21l8-10.5H12L13.5 3Z';
export const warning = 'M12 4 2.8 20h18.4L12 4ZM12 10v4.5M12 17.3v.01';
export const info = 'M12 20.5a8.5 8.5 0 1 0 0-17 8.5 8.5 0 0 0 0 17ZM12 11v5.5M12 7.7v.01';
export const smoke =
	'M4 19h16M6.5 15.5c-2 0-3-1.3-3-2.8 0-1.7 1.3-2.9 3-2.9.3-2.6 2.3-4.3 4.8-4.3 2.3 0 4 1.3 4.7 3.3 2.7 0 4.5 1.5 4.5 3.5 0 1.9-1.4 3.2-3.3 3.2H6.5Z';
export const noSmoke =
	'M4 8.5c2-2 4-2 6 0s4 2 6 0M4 13.5c2-2 4-2 6 0s4 2 6 0M18.5 4v3M4 18.5c2-2 4-2 6 0s4 2 6 0';
export const plus = 'M12 5v14M5 12h14';
export const minus = 'M5 12h14';
export const list = 'M9 6h11M9 12h11M9 18h11M4 6l.7.7L6 5.3M4 12l.7.7L6 11.3M4 18l.7.7L6 17.3';
export const map = 'M9 4.5 3.5 6.5v13L9 17.5l6 2 5.5-2v-13L15 6.5l-6-2ZM9 4.5v13M15 6.5v13';
export const route =
	'M6 18.5a2 2 0 1 0 0-.01M18 5.5a2 2 0 1 0 0-.01M8 18.5h7a3.5 3.5 0 0 0 0-7H9.5a3 3 0 0 1 0-6H16';
export const eye =
	'M2.5 12c2.5-4.3 5.7-6.5 9.5-6.5s7 2.2 9.5 6.5c-2.5 4.3-5.7 6.5-9.5 6.5S5 16.3 2.5 12ZM12 15a3 3 0 1 0 0-6 3 3 0 0 0 0 6Z';
export const speaker = 'M4 9.5v5h4l5 4v-13l-5 4H4ZM16.5 9a4 4 0 0 1 0 6M19 6.5a8 8 0 0 1 0 11';
export const more = 'M5.5 12h.01M12 12h.01M18.5 12h.01';
export const refresh = 'M19.5 12a7.5 7.5 0 1 1-2.2-5.3L19.5 9M19.5 4v5h-5';
export const share = 'M12 14V3.5M8 7l4-3.5L16 7M6 11H4.5v9.5h15V11H18';
export const device = 'M7 3.5h10v17H7zM11 17.5h2';
export const battery = 'M3.5 8h15v8h-15zM21 11v2M6.5 11v2M9.5 11v2';
