import { describe, expect, test, vi } from 'vitest';

vi.mock('#lib/paraglide/runtime.js', async (original) => ({
	...(await original<object>()),
	getLocale: () => language
}));
let language = 'zh';
const { age, clock, day, span, stopwatch } = await import('./age.ts');

const NOW = new Date(2026, 10, 21, 14, 4, 30).getTime();
const ago = (seconds: number) => age(NOW - seconds * 1000, NOW);

describe('age in words', () => {
	test.each([
		[0, '刚刚'],
		[2, '刚刚'],
		[12, '12 秒前'],
		[59, '59 秒前'],
		[60, '1 分钟前'],
		[3599, '59 分钟前'],
		[3600, '1 小时前'],
		[13 * 3600, '13 小时前']
	])('%i s is %s', (seconds, words) => expect(ago(seconds)).toBe(words));
	test('yesterday by the calendar, not by 24 hours', () => expect(ago(15 * 3600)).toBe('昨天 23:04'));
	test('days, then the date', () => {
		expect(ago(3 * 86400)).toBe('3 天前');
		expect(ago(20 * 86400)).toContain('11 月 1 日');
	});
	test('a clock that runs ahead is "just now", far ahead is "later"', () => {
		expect(ago(-5)).toBe('刚刚');
		expect(ago(-3600)).toBe('稍后');
	});
});

describe('spans', () => {
	test('dial', () => {
		expect(stopwatch(107_000)).toBe('1:47');
		expect(stopwatch(38_900)).toBe('0:38');
		expect(stopwatch(3_767_000)).toBe('1:02:47');
		expect(stopwatch(-5)).toBe('0:00');
	});
	test('words', () => {
		expect(span(38_000)).toBe('38 秒');
		expect(span(107_000)).toBe('1 分 47 秒');
		expect(span(120_000)).toBe('2 分钟');
		expect(span(7_500_000)).toBe('2 小时 5 分');
	});
	test('clock', () => expect(clock(NOW)).toBe('14:04'));
	test('clock with seconds', () => expect(clock(new Date(2026, 0, 4, 0, 5, 9), true)).toBe('00:05:09'));
});

describe('days as Intl writes them', () => {
	const days = Array.from({ length: 400 }, (_, n) => new Date(2026, 0, 1 + n, 9, 5));
	test('Chinese', () => {
		const weekday = new Intl.DateTimeFormat('zh-CN', { weekday: 'short' });
		for (const when of days)
			expect(day(when)).toBe(`${when.getMonth() + 1} 月 ${when.getDate()} 日 ${weekday.format(when)} 09:05`);
	});
	test('English', () => {
		language = 'en';
		const date = new Intl.DateTimeFormat('en-GB', { day: 'numeric', month: 'short' });
		const weekday = new Intl.DateTimeFormat('en-GB', { weekday: 'short' });
		const written = (when: Date) => `${date.format(when).replace('Sept', 'Sep')} ${weekday.format(when)}`;
		for (const when of days) expect(day(when, false)).toBe(written(when));
		language = 'zh';
	});
});
