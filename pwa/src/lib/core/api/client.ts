import { ApiError, NetworkError } from './errors.ts';
import { getLocale } from '#lib/paraglide/runtime.js';

type Query = Record<string, string | number | boolean | null | undefined>;
export type Options = {
	body?: unknown;
	query?: Query;
	/** The client's UUID: the same key and body get the same answer for 24 hours. */
	key?: string;
	signal?: AbortSignal;
	etag?: string;
};

/** A cheap network can hold a request open for minutes; after this we call it away and keep what we have. */
const PATIENCE_MS = 15_000;

let onSignedOut: () => void = () => {};
/** Called at each 401 of a signed-in call; the session sets it. */
export function whenSignedOut(callback: () => void): void {
	onSignedOut = callback;
}

let onAnswered: (position: number) => void = () => {};
/** Called with each answer that says up to which event of the live stream it knows; the session sets it. */
export function whenAnswered(callback: (position: number) => void): void {
	onAnswered = callback;
}

export function address(path: string, query?: Query): string {
	const params = new URLSearchParams();
	for (const [name, value] of Object.entries(query ?? {}))
		if (value !== null && value !== undefined && value !== '') params.set(name, String(value));
	const text = params.toString();
	return '/api' + path + (text ? '?' + text : '');
}

async function refusal(answer: Response): Promise<ApiError> {
	const text = await answer.text().catch(() => '');
	try {
		const body = JSON.parse(text) as { code?: string; message?: string; details?: Record<string, unknown> };
		return new ApiError(answer.status, body.code ?? String(answer.status), body.message ?? '', body.details);
	} catch {
		return new ApiError(answer.status, String(answer.status), '');
	}
}

/**
 * One call to the API. `path` has no /api in front.
 * Throws ApiError when the server refuses and NetworkError when nobody answers.
 */
export async function call<T>(method: string, path: string, options: Options = {}): Promise<T> {
	const headers: Record<string, string> = { Accept: 'application/json', 'Accept-Language': getLocale() };
	if (options.body !== undefined && !(options.body instanceof FormData))
		headers['Content-Type'] = 'application/json';
	if (options.etag) headers['If-Match'] = options.etag;
	if (method === 'POST') headers['Idempotency-Key'] = options.key ?? crypto.randomUUID();
	const patience = AbortSignal.timeout(PATIENCE_MS);
	let answer: Response;
	try {
		answer = await fetch(address(path, options.query), {
			method,
			headers,
			body:
				options.body instanceof FormData
					? options.body
					: options.body === undefined
						? null
						: JSON.stringify(options.body),
			signal: options.signal ? AbortSignal.any([options.signal, patience]) : patience
		});
	} catch (reason) {
		if (options.signal?.aborted) throw reason;
		throw new NetworkError();
	}
	/* a proxy that answers for a dead server is no answer of ours */
	if (answer.status === 502 || answer.status === 503 || answer.status === 504) throw new NetworkError();
	if (answer.status === 401 && !path.startsWith('/auth/')) onSignedOut();
	if (!answer.ok) throw await refusal(answer);
	if (answer.status === 204 || answer.headers.get('Content-Length') === '0') return undefined as T;
	const body = (await answer.json()) as T;
	const position = answer.headers.get('Last-Event-ID');
	if (position) onAnswered(Number(position));
	return body;
}

export const get = <T>(path: string, query?: Query, signal?: AbortSignal) =>
	call<T>('GET', path, { ...(query ? { query } : {}), ...(signal ? { signal } : {}) });
export const post = <T>(path: string, body: unknown = {}, key?: string) =>
	call<T>('POST', path, { body, ...(key ? { key } : {}) });
export const put = <T>(path: string, body: unknown) => call<T>('PUT', path, { body });
export const patch = <T>(path: string, body: unknown) => call<T>('PATCH', path, { body });
export const remove = <T = void>(path: string) => call<T>('DELETE', path);
