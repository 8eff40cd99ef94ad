import * as m from '#lib/paraglide/messages.js';
import { getLocale } from '#lib/paraglide/runtime.js';

export const millis = (at: string | number | Date): number => new Date(at).getTime();

/* By hand: the first Intl formatter of a page loads tables for 40 ms, four times that on an old phone. */
const WEEKDAYS = { zh: '日一二三四五六', en: 'Sun Mon Tue Wed Thu Fri Sat' };
const MONTHS = 'Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec';
const two = (n: number) => String(n).padStart(2, '0');

/** 14:04, in the phone's zone. */
export function clock(at: string | number | Date, withSeconds = false): string {
	const when = new Date(at);
	const parts = [when.getHours(), when.getMinutes(), ...(withSeconds ? [when.getSeconds()] : [])];
	return parts.map(two).join(':');
}

/** 11 月 28 日 周六 10:00, 28 Nov Sat 10:00. */
export function day(at: string | number | Date, withClock = true): string {
	const when = new Date(at);
	const date =
		getLocale() === 'zh'
			? `${when.getMonth() + 1} 月 ${when.getDate()} 日 周${WEEKDAYS.zh[when.getDay()]}`
			: `${when.getDate()} ${MONTHS.split(' ')[when.getMonth()]} ${WEEKDAYS.en.split(' ')[when.getDay()]}`;
	return withClock ? `${date} ${clock(when)}` : date;
}

function isYesterday(at: number, now: number): boolean {
	const start = new Date(now);
	start.setHours(0, 0, 0, 0);
	return at < start.getTime() && at >= start.getTime() - 24 * 3600_000;
}

/** 刚刚, 12 秒前, 3 分钟前, 昨天 14:04, 3 天前. A time slightly ahead of ours (clocks differ) is "just now". */
export function age(at: string | number | Date, now = Date.now()): string {
	const then = millis(at);
	const seconds = Math.floor((now - then) / 1000);
	if (seconds < -60) return m.age_future();
	if (seconds < 3) return m.age_now();
	if (seconds < 60) return m.age_seconds({ n: seconds });
	if (seconds < 3600) return m.age_minutes({ n: Math.floor(seconds / 60) });
	if (isYesterday(then, now)) return m.age_yesterday({ clock: clock(then) });
	if (seconds < 24 * 3600) return m.age_hours({ n: Math.floor(seconds / 3600) });
	if (seconds < 14 * 24 * 3600) return m.age_days({ n: Math.floor(seconds / 86400) });
	return day(then);
}

/** A running or finished time on a dial: 1:47, or 1:02:47. */
export function stopwatch(ms: number): string {
	const total = Math.max(0, Math.floor(ms / 1000));
	const hours = Math.floor(total / 3600);
	const minutes = Math.floor(total / 60) % 60;
	return hours ? `${hours}:${two(minutes)}:${two(total % 60)}` : `${minutes}:${two(total % 60)}`;
}

/** A span in words: 38 秒, 1 分 47 秒, 2 小时 5 分, 3 天. */
export function span(ms: number): string {
	const total = Math.max(0, Math.floor(ms / 1000));
	if (total < 60) return m.span_seconds({ n: total });
	if (total < 3600) {
		const s = total % 60;
		const n = Math.floor(total / 60);
		return s ? m.span_minutes({ n, s }) : m.span_minutes_only({ n });
	}
	if (total < 86400) return m.span_hours({ n: Math.floor(total / 3600), m: Math.floor((total % 3600) / 60) });
	return m.span_days({ n: Math.floor(total / 86400) });
}
