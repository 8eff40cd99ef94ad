import { createHash } from 'node:crypto';
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';

const SOURCES = ['src', 'messages', 'static', 'package-lock.json', 'vite.config.ts'];
const isGenerated = (path) => path.includes('paraglide');

/** Names a build by what is in it: the same sources are the same version on every machine, and no phone updates for nothing. */
export function contentVersion() {
	const hash = createHash('sha256');
	for (const source of SOURCES.filter((path) => existsSync(path))) {
		const files = source.includes('.')
			? [source]
			: readdirSync(source, { recursive: true, withFileTypes: true })
					.filter((entry) => entry.isFile())
					.map((entry) => join(entry.parentPath, entry.name));
		for (const file of files.filter((path) => !isGenerated(path)).sort())
			hash.update(file).update(readFileSync(file));
	}
	return hash.digest('hex').slice(0, 10);
}
