import * as m from '#lib/paraglide/messages.js';

/** The server answered, and refused. `message` is already in the person's language and says the next step. */
export class ApiError extends Error {
	constructor(
		readonly status: number,
		readonly code: string,
		message: string,
		readonly details: Record<string, unknown> = {}
	) {
		super(message);
		this.name = 'ApiError';
	}
	/** Trying again later can help; a refusal (4xx) stays a refusal. */
	get isPassing(): boolean {
		return this.status >= 500 || this.status === 429 || this.status === 408;
	}
}

/** Nobody answered: no network, a dead tunnel, or the server is down. Never an error of the person. */
export class NetworkError extends Error {
	constructor() {
		super(m.error_network());
		this.name = 'NetworkError';
	}
}

const WORDS: Record<number, () => string> = {
	401: m.error_not_signed_in,
	403: m.error_not_allowed,
	404: m.error_not_found,
	409: m.error_conflict
};

/** One sentence for a person: what happened and the next step, never a code alone. */
export function wordsOf(error: unknown): string {
	if (error instanceof NetworkError) return error.message;
	if (!(error instanceof ApiError)) return m.error_server();
	if (error.message) return error.message;
	const wait = Number(error.details['retry_after_s'] ?? 0);
	if (error.status === 429) return m.error_too_many({ n: Math.max(1, Math.ceil(wait)) });
	return (WORDS[error.status] ?? m.error_server)();
}
