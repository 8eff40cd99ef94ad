/* What each route loads before it can be used, and the worker: gzip KB against the limits. Exits 1 over a limit. */
import { readFileSync } from 'node:fs';
import { gzipSync } from 'node:zlib';
import { CLIENT, filesOf, readRoutes } from './routes.mjs';

const LIMIT_ROUTE_KB = 60;
/* the desks of those on duty: opened once a shift, and kept by the worker */
const LIMIT_STAFF_KB = 80;
const LIMIT_WORKER_KB = 4;
/* more would be Kit itself, drawn in before its payload is set: it then knows no version and reloads for ever on a 404 */
const LIMIT_START_KB = 3;
const { manifest, entries, shared, nodes } = readRoutes();
const size = (file) => gzipSync(readFileSync(`${CLIENT}/${file}`), { level: 9 }).length / 1024;

let isOver = false;
for (const { key, name } of nodes) {
	const { files } = filesOf(manifest, [...shared, key]);
	const kb = files.reduce((sum, file) => sum + size(file), 0);
	isOver ||= kb > (name.startsWith('(staff)') ? LIMIT_STAFF_KB : LIMIT_ROUTE_KB);
	console.log(`${kb.toFixed(1).padStart(6)} KB  ${String(files.length).padStart(2)} files  /${name}`);
}
const start = filesOf(
	manifest,
	entries.filter((key) => /client\/entry\.js$/.test(key))
).files;
const startKb = start.reduce((sum, file) => sum + size(file), 0);
isOver ||= !start.length || startKb > LIMIT_START_KB;
console.log(`${startKb.toFixed(1).padStart(6)} KB  ${String(start.length).padStart(2)} files  start`);
const worker = size('service-worker.js');
isOver ||= worker > LIMIT_WORKER_KB;
console.log(`${worker.toFixed(1).padStart(6)} KB  service worker`);
process.exit(isOver ? 1 : 0);
