import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { Live } from './live.svelte.ts';

class Source extends EventTarget {
	static all: Source[] = [];
	onopen: ((event: Event) => void) | null = null;
	onerror: ((event: Event) => void) | null = null;
	isClosed = false;
	constructor(readonly url: string) {
		super();
		Source.all.push(this);
	}
	close() {
		this.isClosed = true;
	}
	open() {
		this.onopen?.(new Event('open'));
	}
	say(kind: string, data: unknown, lastEventId = '') {
		this.dispatchEvent(new MessageEvent(kind, { data: JSON.stringify(data), lastEventId }));
	}
}

let live: Live;
const last = () => Source.all.at(-1)!;

beforeEach(() => {
	vi.useFakeTimers();
	Source.all = [];
	live = new Live((url) => new Source(url) as unknown as EventSource);
	live.start();
});
afterEach(() => {
	live.stop();
	vi.useRealTimers();
});

test('hands each event to its listeners until they stop', () => {
	const seen: unknown[] = [];
	const stop = live.on('incident', (data) => seen.push(data));
	last().open();
	last().say('incident', { id: 'i1' }, '7');
	stop();
	last().say('incident', { id: 'i2' }, '8');
	expect(seen).toEqual([{ id: 'i1' }]);
});

test('after a broken line it goes on behind the last event it saw', () => {
	last().open();
	last().say('incident', {}, '41');
	last().onerror?.(new Event('error'));
	expect(last().isClosed).toBe(true);
	vi.advanceTimersByTime(3000);
	expect(Source.all).toHaveLength(2);
	expect(last().url).toBe('/api/stream?after=41');
});

test('a beat says where the stream stands: a line that broke before the first event misses none', () => {
	last().open();
	last().say('beat', {}, '40');
	last().onerror?.(new Event('error'));
	vi.advanceTimersByTime(3000);
	expect(last().url).toBe('/api/stream?after=40');
});

test('a first connection that came late means: fetch anew', () => {
	const fetched = vi.fn();
	live.on('reset', fetched);
	last().open();
	expect(fetched).not.toHaveBeenCalled();
	live.stop();
	live.start();
	last().onerror?.(new Event('error'));
	vi.advanceTimersByTime(3000);
	last().open();
	expect(fetched).toHaveBeenCalledOnce();
});

test('waits longer each time, never longer than 15 s and a third', () => {
	for (let i = 0; i < 8; i++) {
		const before = Source.all.length;
		last().onerror?.(new Event('error'));
		vi.advanceTimersByTime(20_000);
		expect(Source.all.length).toBe(before + 1);
	}
});

test('one broken line is one new connection', () => {
	last().onerror?.(new Event('error'));
	last().onerror?.(new Event('error'));
	vi.advanceTimersByTime(20_000);
	expect(Source.all).toHaveLength(2);
});

test('a connection without a beat for 20 s is taken for dead', () => {
	last().open();
	vi.advanceTimersByTime(26_000);
	expect(Source.all[0]!.isClosed).toBe(true);
	expect(Source.all.length).toBeGreaterThan(1);
});

test('beats keep it alive', () => {
	last().open();
	for (let i = 0; i < 12; i++) {
		vi.advanceTimersByTime(5000);
		last().say('beat', {});
	}
	expect(Source.all).toHaveLength(1);
});

test('reset: forget where we were and fetch anew', () => {
	const fetched = vi.fn();
	live.on('reset', fetched);
	last().open();
	last().say('incident', {}, '41');
	last().say('reset', {});
	last().onerror?.(new Event('error'));
	vi.advanceTimersByTime(20_000);
	expect(fetched).toHaveBeenCalledOnce();
	expect(last().url).toBe('/api/stream');
});

test('stopped is stopped', () => {
	last().open();
	live.stop();
	vi.advanceTimersByTime(60_000);
	expect(Source.all).toHaveLength(1);
	expect(Source.all[0]!.isClosed).toBe(true);
});

/** As the app does it: the answer is reported before its reader takes it in. */
function answered(position: number) {
	live.answered(position);
	vi.advanceTimersByTime(1);
}

test('what happened between the first answer and the first connection is asked for', () => {
	answered(40);
	last().open();
	last().say('beat', {}, '42');
	expect(Source.all).toHaveLength(2);
	expect(Source.all[0]!.isClosed).toBe(true);
	expect(last().url).toBe('/api/stream?after=40');
	last().say('incident', {}, '41');
	last().say('beat', {}, '42');
	expect(Source.all).toHaveLength(2);
});

test('an answer that is older than the first connection goes back to where it stands', () => {
	last().open();
	last().say('beat', {}, '42');
	answered(42);
	expect(Source.all).toHaveLength(1);
	answered(0);
	expect(last().url).toBe('/api/stream?after=0');
});

test('an answer from before the connection leads it from the start', () => {
	live.stop();
	live.answered(40);
	live.start();
	expect(last().url).toBe('/api/stream?after=40');
});

test('an event that overtook an answer is told once more behind it', () => {
	const seen: unknown[] = [];
	live.on('incident', (data) => seen.push(data));
	last().open();
	last().say('beat', {}, '40');
	last().say('incident', { id: 'old' }, '41');
	last().say('incident', { id: 'new' }, '42');
	live.answered(41);
	expect(seen).toHaveLength(2);
	vi.advanceTimersByTime(1);
	expect(seen).toEqual([{ id: 'old' }, { id: 'new' }, { id: 'new' }]);
	answered(42);
	expect(seen).toHaveLength(3);
	expect(Source.all).toHaveLength(1);
});

test('nothing is told again longer than a call may wait: a server that stands still is no endless loop', () => {
	const seen: unknown[] = [];
	live.on('incident', (data) => seen.push(data));
	last().open();
	last().say('incident', { id: 'old' }, '41');
	vi.advanceTimersByTime(16_000);
	last().say('incident', { id: 'new' }, '42');
	answered(41);
	vi.advanceTimersByTime(16_000);
	answered(41);
	expect(seen).toEqual([{ id: 'old' }, { id: 'new' }, { id: 'new' }]);
});
