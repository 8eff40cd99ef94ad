/* After the build: writes build/shell.json, the files that open the app without a network. In a file of its own and
   not in the worker, so that the worker stays small however many chunks there are. */
import { readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

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
