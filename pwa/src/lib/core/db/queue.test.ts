import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { db } from './open.ts';
import { enqueue, flush, pending, sendingsAbout } from './queue.ts';

const order = {
	kind: 'roll_call' as const,
	url: '/api/incidents/i1/roll-call',
	body: { status: 'safe' },
	about: 'i1'
};
const answer = (status: number, body: unknown = {}) => new Response(JSON.stringify(body), { status });
let fetches: ReturnType<typeof vi.fn>;

beforeEach(async () => {
	await (await db()).clear('queue');
	fetches = vi.fn();
	vi.stubGlobal('fetch', fetches);
});
afterEach(async () => {
	await flush().catch(() => undefined);
	vi.unstubAllGlobals();
});

describe('the queue', () => {
	test('keeps before it sends: without a network the item stays', async () => {
		fetches.mockRejectedValue(new TypeError('offline'));
		const item = await enqueue(order);
		expect(await flush()).toBe(1);
		const [kept] = await pending();
		expect(kept).toMatchObject({ id: item.id, state: 'kept', body: { status: 'safe' } });
	});
	test('sends with its id as Idempotency-Key, the same one each time', async () => {
		fetches.mockRejectedValueOnce(new TypeError('offline')).mockImplementation(async () => answer(200));
		const item = await enqueue(order);
		await flush();
		await flush();
		const keys = fetches.mock.calls.map(
			([, init]) => (init as { headers: Record<string, string> }).headers['Idempotency-Key']
		);
		expect(new Set(keys)).toEqual(new Set([item.id]));
		expect((await sendingsAbout('i1'))[0]).toMatchObject({ state: 'delivered' });
	});
	test('what was delivered is not sent again', async () => {
		fetches.mockImplementation(async () => answer(201, { id: 'i9' }));
		await enqueue(order);
		await flush();
		await flush();
		expect(fetches).toHaveBeenCalledTimes(1);
		expect((await sendingsAbout('i1'))[0]!.answer).toEqual({ id: 'i9' });
	});
	test('a request that hangs is given up: what waits behind it may be a call for help', async () => {
		/* a network that never answers: only the signal ends it */
		fetches.mockImplementation(
			(_url: string, init: RequestInit) => new Promise((_, reject) => init.signal && reject(new TypeError()))
		);
		await enqueue(order);
		await enqueue({ ...order, body: { status: 'help' } });
		expect(await flush()).toBe(2);
	});
	test.each([500, 502, 503, 429, 401])('%i may pass: kept', async (status) => {
		fetches.mockImplementation(async () => answer(status));
		await enqueue(order);
		expect(await flush()).toBe(1);
	});
	test.each([403, 404, 409, 422])('%i is final: refused, with the words', async (status) => {
		fetches.mockImplementation(async () => answer(status, { message: '警情已结束' }));
		await enqueue(order);
		expect(await flush()).toBe(0);
		expect((await sendingsAbout('i1'))[0]).toMatchObject({ state: 'refused', words: '警情已结束' });
	});
	test('oldest first, and one that fails does not stop the others', async () => {
		const sent: string[] = [];
		fetches.mockImplementation(async (url: string) => {
			sent.push(url);
			if (url === '/one') throw new TypeError('offline');
			return answer(200);
		});
		vi.stubGlobal('fetch', vi.fn().mockRejectedValue(new TypeError('offline')));
		await enqueue({ ...order, url: '/one' });
		await new Promise((done) => setTimeout(done, 5));
		await enqueue({ ...order, url: '/two' });
		await flush();
		vi.stubGlobal('fetch', fetches);
		expect(await flush()).toBe(1);
		expect(sent).toEqual(['/one', '/two']);
	});
	test('two that wake at once send it once', async () => {
		vi.stubGlobal('fetch', vi.fn().mockRejectedValue(new TypeError('offline')));
		await enqueue(order);
		await flush();
		fetches.mockImplementation(async () => answer(200));
		vi.stubGlobal('fetch', fetches);
		await Promise.all([flush(), flush(), flush()]);
		expect(fetches).toHaveBeenCalledTimes(1);
	});
	test('forgets what was delivered a day ago, never what is kept', async () => {
		const old = Date.now() - 30 * 3600_000;
		const store = await db();
		await store.put('queue', { ...order, id: 'a', at: old, state: 'delivered', tries: 1, doneAt: old });
		await store.put('queue', { ...order, id: 'b', at: old, state: 'kept', tries: 9 });
		fetches.mockRejectedValue(new TypeError('offline'));
		await flush();
		expect((await store.getAll('queue')).map((item) => item.id)).toEqual(['b']);
	});
});
