/* What each route loads before it can be used, and the worker: gzip KB against the limits. Exits 1 over a limit. */
import { readFileSync, readdirSync } from 'node:fs';
import { gzipSync } from 'node:zlib';

const LIMIT_ROUTE_KB = 60;
/* the desks of those on duty: opened once a shift, and kept by the worker */
const LIMIT_STAFF_KB = 80;
const LIMIT_WORKER_KB = 4;
/* more would be Kit itself, drawn in before its payload is set: it then knows no version and reloads for ever on a 404 */
const LIMIT_START_KB = 3;
const CLIENT = '.svelte-kit/output/client';
const manifest = JSON.parse(readFileSync(`${CLIENT}/.vite/manifest.json`, 'utf8'));
const size = (file) => gzipSync(readFileSync(`${CLIENT}/${file}`), { level: 9 }).length / 1024;

function closure(keys) {
	const seen = new Set();
	const visit = (key) => {
		if (seen.has(key)) return;
		seen.add(key);
		for (const next of manifest[key]?.imports ?? []) visit(next);
	};
	keys.forEach(visit);
	return [...seen].map((key) => manifest[key].file);
}

const nodes = Object.keys(manifest).filter((key) => /nodes\/\d+\.js$/.test(key));
const entries = Object.keys(manifest).filter(
	(key) => manifest[key].isEntry && !nodes.includes(key) && manifest[key].file.endsWith('.js')
);
const shared = [...entries, nodes.find((key) => /nodes\/0\.js$/.test(key))];
const names = {};
for (const file of readdirSync('.svelte-kit/generated/build/client-optimized/nodes')) {
	const source = readFileSync(`.svelte-kit/generated/build/client-optimized/nodes/${file}`, 'utf8');
	names[file] = /routes\/(.*?)\+/.exec(source)?.[1] ?? file;
}
let isOver = false;
for (const node of nodes) {
	if (/nodes\/[01]\.js$/.test(node)) continue;
	const files = closure([...shared, node]);
	const kb = files.reduce((sum, file) => sum + size(file), 0);
	const name = names[node.split('/').at(-1)];
	isOver ||= kb > (name.startsWith('(staff)') ? LIMIT_STAFF_KB : LIMIT_ROUTE_KB);
	console.log(`${kb.toFixed(1).padStart(6)} KB  ${String(files.length).padStart(2)} files  /${name}`);
}
const start = closure(entries.filter((key) => /client\/entry\.js$/.test(key)));
const startKb = start.reduce((sum, file) => sum + size(file), 0);
isOver ||= !start.length || startKb > LIMIT_START_KB;
console.log(`${startKb.toFixed(1).padStart(6)} KB  ${String(start.length).padStart(2)} files  start`);
const worker = size('service-worker.js');
isOver ||= worker > LIMIT_WORKER_KB;
console.log(`${worker.toFixed(1).padStart(6)} KB  service worker`);
process.exit(isOver ? 1 : 0);
