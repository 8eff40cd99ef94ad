const IMMUTABLE = '/_app/immutable/';

/** Fetches the shell; hashed files an older worker already has are taken over, not fetched again. */
export async function fillShell(name: string): Promise<void> {
	const cache = await caches.open(name);
	const paths = (await (await fetch('/shell.json', { cache: 'no-store' })).json()) as string[];
	await Promise.all(
		paths.map(async (path) => {
			const known = path.startsWith(IMMUTABLE) ? await caches.match(path) : undefined;
			const answer = known ?? (await fetch(path, { cache: 'no-cache' }));
			if (!answer.ok) throw new Error(path + ' ' + answer.status);
			await cache.put(path, answer);
		})
	);
}

export async function clearOld(name: string): Promise<void> {
	for (const other of await caches.keys())
		if (other.startsWith('shell-') && other !== name) await caches.delete(other);
}

/** Pages get the shell at once; files from the cache, else from the network. */
export async function answerShell(name: string, request: Request): Promise<Response> {
	const cache = await caches.open(name);
	if (request.mode === 'navigate') return (await cache.match('/index.html')) ?? fetch(request);
	return (await cache.match(request, { ignoreSearch: true })) ?? fetch(request);
}
