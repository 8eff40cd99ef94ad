/**
 * What Kit's router needs of devalue in an app without server data: `page.state` and snapshots, which are plain JSON here.
 * devalue's own reading and writing of dates, maps and cycles is a tenth of the first load (see vite.config.ts).
 */
export const stringify = (value: unknown): string => JSON.stringify(value ?? null);
export const parse = (text: string): unknown => JSON.parse(text);

const none = (): never => {
	throw new Error('this app has no data from a SvelteKit server');
};
export const [uneval, unflatten, stringifyAsync] = [none, none, none];
