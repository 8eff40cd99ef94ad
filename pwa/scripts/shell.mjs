/* After the build: writes build/shell.json, the files that open the app without a network. In a file of its own and
   not in the worker, so that the worker stays small however many chunks there are. */
import { readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { filesOf, readRoutes } from './routes.mjs';

const BUILD = 'build';
const isShell = (path) =>
	!/\.(br|gz)$/.test(path) &&
	(/^_app\/immutable\//.test(path) || /^icons\/|^manifest\.webmanifest$/.test(path));

const files = readdirSync(BUILD, { recursive: true, withFileTypes: true })
	.filter((entry) => entry.isFile())
	.map((entry) => join(entry.parentPath, entry.name).slice(BUILD.length + 1))
	.filter(isShell)
	.sort();

writeFileSync(join(BUILD, 'shell.json'), JSON.stringify(['/index.html', ...files.map((path) => '/' + path)]));

/* And build/hints.json: what a first visit to each page needs beside what index.html names itself, so that the server
   can say it with the page, before any script has run. `data`: what the page will ask the API for. */
const DATA = { '/': ['/api/me', '/api/home'], '/fire/[id]': ['/api/me', '/api/incidents/[id]'] };
const { manifest, shared, nodes } = readRoutes();
const index = readFileSync(join(BUILD, 'index.html'), 'utf8');
const hints = nodes
	.filter(({ isPage }) => isPage)
	.map(({ key, name }) => {
		const layouts = nodes
			.filter((other) => !other.isPage && name.startsWith(other.name))
			.map((other) => other.key);
		const { files, styles } = filesOf(manifest, [...shared, ...layouts, key]);
		const path = '/' + name.replace(/\([^)]+\)\//g, '').replace(/\/$/, '');
		const missing = (all) => all.map((file) => '/' + file).filter((file) => !index.includes(file));
		return { path, scripts: missing(files), styles: missing(styles), data: DATA[path] ?? ['/api/me'] };
	});
writeFileSync(join(BUILD, 'hints.json'), JSON.stringify(hints));
