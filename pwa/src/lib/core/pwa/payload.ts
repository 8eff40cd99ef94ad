/** What the server puts into a push: declarative JSON, so that an iPhone shows it even if the worker fails. */
export type ActionCall = { url: string; token: string; body?: unknown };

export type NoticeData = {
	notice_id?: string;
	kind?: string;
	urgency?: 'alarm' | 'normal';
	/** HMAC of one delivery; moves only that delivery forward. */
	receipt?: string;
	actions?: Record<string, ActionCall>;
	incident?: { id: string } & Record<string, unknown>;
};

export type Payload = {
	web_push?: 8030;
	notification: {
		title: string;
		body?: string;
		navigate?: string;
		tag?: string;
		lang?: string;
		silent?: boolean;
		requireInteraction?: boolean;
		actions?: { action: string; title: string; navigate?: string }[];
		data?: NoticeData;
	};
};

/** Reads a push. Anything that is not ours still becomes a notification: a silent push loses the permission. */
export function read(text: string): Payload {
	try {
		const payload = JSON.parse(text) as Payload;
		if (payload?.notification?.title) return payload;
	} catch {
		/* not JSON: shown as it is */
	}
	return { notification: { title: '守望', body: text.slice(0, 200), navigate: '/inbox' } };
}

/** The page a notification opens; never one of another origin. */
export function target(navigate: string | undefined, origin: string): string {
	try {
		const url = new URL(navigate ?? '/', origin);
		if (!/^https?:$/.test(url.protocol)) return origin + '/';
		return url.origin === origin ? url.href : origin + url.pathname + url.search;
	} catch {
		return origin + '/';
	}
}
