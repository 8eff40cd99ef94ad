/* What the build says about each route: the files that its page needs beside those that every page needs. */
import { readFileSync, readdirSync } from 'node:fs';

export const CLIENT = '.svelte-kit/output/client';
const NODES = '.svelte-kit/generated/build/client-optimized/nodes';

/** Scripts and styles of these keys and of all they import. */
export function filesOf(manifest, keys) {
	const seen = new Set();
	const styles = new Set();
	const visit = (key) => {
		if (seen.has(key)) return;
		seen.add(key);
		for (const style of manifest[key]?.css ?? []) styles.add(style);
		for (const next of manifest[key]?.imports ?? []) visit(next);
	};
	keys.forEach(visit);
	return { files: [...seen].map((key) => manifest[key].file), styles: [...styles] };
}

/** `shared`: the keys that every page needs; `nodes`: pages and layouts, each with its folder under routes/. */
export function readRoutes() {
	const manifest = JSON.parse(readFileSync(`${CLIENT}/.vite/manifest.json`, 'utf8'));
	const keys = Object.keys(manifest).filter((key) => /nodes\/\d+\.js$/.test(key));
	const entries = Object.keys(manifest).filter(
		(key) => manifest[key].isEntry && !keys.includes(key) && manifest[key].file.endsWith('.js')
	);
	const names = {};
	for (const file of readdirSync(NODES)) {
		const source = readFileSync(`${NODES}/${file}`, 'utf8');
		const [, folder, kind] = /routes\/(.*?)\+(page|layout|error)/.exec(source) ?? [];
		names[file] = { name: folder ?? file, isPage: kind === 'page' };
	}
	const named = keys.map((key) => ({ key, ...names[key.split('/').at(-1)] }));
	/* Kit waits for the root layout and the root error page before it looks at the address */
	const first = named.filter(({ key }) => /nodes\/[01]\.js$/.test(key)).map(({ key }) => key);
	return {
		manifest,
		entries,
		shared: [...entries, ...first],
		nodes: named.filter(({ key }) => !/nodes\/[01]\.js$/.test(key))
	};
}
