/* After the build: writes build/shell.json, the files that open the app without a network. In a file of its own and
   not in the worker, so that the worker stays small however many chunks there are. */
import { createHash } from 'node:crypto';
import { readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { brotliCompressSync, gzipSync } from 'node:zlib';
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
/* the one great file goes first: the others arrive while it does */
const [base] = Object.values(manifest).filter((chunk) => chunk.name === 'base');
const hints = nodes
	.filter(({ isPage }) => isPage)
	.map(({ key, name }) => {
		const layouts = nodes
			.filter((other) => !other.isPage && name.startsWith(other.name))
			.map((other) => other.key);
		const { files, styles } = filesOf(manifest, [...shared, ...layouts, key]);
		const path = '/' + name.replace(/\([^)]+\)\//g, '').replace(/\/$/, '');
		const missing = (all) => all.map((file) => '/' + file).filter((file) => !index.includes(file));
		return {
			path,
			scripts: ['/' + base.file, ...missing(files)],
			styles: missing(styles),
			data: DATA[path] ?? ['/api/me']
		};
	});
writeFileSync(join(BUILD, 'hints.json'), JSON.stringify(hints));

/* The styles that every page needs go into the page itself, since nothing is drawn before they are there. The link stays,
   switched off: by it the scripts know that they need not fetch the file. */
const inlined = [];
const page = index.replace(/<link href="\/([^"]+\.css)" rel="stylesheet">/g, (link, file) => {
	inlined.push(readFileSync(join(BUILD, file), 'utf8').trim());
	return link.replace('>', ' disabled media="(max-width: 0)">');
});
const style = inlined.join('\n');
const hash = createHash('sha256').update(style).digest('base64');
const whole = page
	.replace("style-src 'self'", `style-src 'self' 'sha256-${hash}'`)
	.replace('</head>', () => `<style>${style}</style>\n\t</head>`);
if (!inlined.length || !whole.includes(hash))
	throw new Error('index.html has another shape: look at shell.mjs');
writeFileSync(join(BUILD, 'index.html'), whole);
writeFileSync(join(BUILD, 'index.html.gz'), gzipSync(whole, { level: 9 }));
writeFileSync(join(BUILD, 'index.html.br'), brotliCompressSync(whole));
