import * as m from '#lib/paraglide/messages.js';
import { live } from '#lib/core/live/index.ts';
import type { Item } from './types.ts';
import { placeOf } from './words.ts';

const keyOf = (incident: Item) => `${incident.id}:${incident.state}`;

/** What must be heard now: suspected or confirmed, answered by nobody, and not hushed on this desk. */
export function ringing(incidents: readonly Item[], hushed: ReadonlySet<string>): Item[] {
	return incidents.filter(
		(incident) =>
			(incident.state === 'suspected' || incident.state === 'confirmed') &&
			!incident.acknowledged_at &&
			!hushed.has(keyOf(incident))
	);
}

type Tone = 'fire' | 'suspected' | 'exercise' | 'stream';
/* [hertz, seconds]: a confirmed fire climbs, a suspicion knocks twice, an exercise and a lost stream are low */
const TONES: Record<Tone, [number, number][]> = {
	fire: [
		[880, 0.22],
		[1175, 0.22],
		[880, 0.22],
		[1175, 0.22]
	],
	suspected: [
		[784, 0.2],
		[0, 0.12],
		[784, 0.2]
	],
	exercise: [[523, 0.3]],
	stream: [
		[330, 0.35],
		[262, 0.35]
	]
};
const EVERY_MS = 2000;

/** A watch at a desk: sound unlocked by a tap, the screen kept awake, a title that flashes. */
class Shift {
	isOn = $state(false);
	/** The phone or browser did not let us keep the screen awake. */
	canSleep = $state(false);
	#hushed = $state.raw<ReadonlySet<string>>(new Set());
	#audio: AudioContext | undefined;
	#lock: WakeLockSentinel | undefined;
	#timer: ReturnType<typeof setInterval> | undefined;
	#incidents: () => readonly Item[] = () => [];
	#isFlashed = false;

	/** Only a tap may unlock sound, so this is called from one. */
	async start(incidents: () => readonly Item[]): Promise<void> {
		this.#incidents = incidents;
		this.#audio ??= new AudioContext();
		await this.#audio.resume();
		this.isOn = true;
		this.#play('exercise');
		this.#timer ??= setInterval(() => this.#beat(), EVERY_MS);
		document.addEventListener('visibilitychange', this.#stayAwake);
		await this.#stayAwake();
	}

	async end(): Promise<void> {
		this.isOn = false;
		clearInterval(this.#timer);
		this.#timer = undefined;
		document.removeEventListener('visibilitychange', this.#stayAwake);
		await this.#lock?.release();
		await this.#audio?.suspend();
		document.title = m.app_name();
	}

	/** "I hear it": quiet on this desk until the incident changes its state. */
	hush(): void {
		this.#hushed = new Set([...this.#hushed, ...this.ringing.map(keyOf)]);
		document.title = m.app_name();
	}

	get ringing(): Item[] {
		return ringing(this.#incidents(), this.#hushed);
	}

	#stayAwake = async () => {
		if (!this.isOn || document.visibilityState !== 'visible') return;
		try {
			this.#lock = await navigator.wakeLock?.request('screen');
			this.canSleep = !this.#lock;
		} catch {
			this.canSleep = true;
		}
	};

	#beat(): void {
		const now = this.ringing;
		const worst = now.find((incident) => incident.state === 'confirmed' && !incident.is_exercise) ?? now[0];
		if (live.silentMs) this.#play('stream');
		if (worst)
			this.#play(worst.is_exercise ? 'exercise' : worst.state === 'confirmed' ? 'fire' : 'suspected');
		this.#flash(worst);
	}

	#flash(worst: Item | undefined): void {
		this.#isFlashed = !this.#isFlashed;
		const loud = worst ? `▲ ${placeOf(worst)}` : live.silentMs ? m.stale_stream_title() : '';
		document.title = loud && this.#isFlashed ? loud : m.app_name();
	}

	#play(tone: Tone): void {
		const audio = this.#audio;
		if (!audio) return;
		let at = audio.currentTime + 0.02;
		for (const [hertz, seconds] of TONES[tone]) {
			if (hertz) this.#beep(audio, hertz, at, seconds);
			at += seconds;
		}
	}

	#beep(audio: AudioContext, hertz: number, at: number, seconds: number): void {
		const [voice, gain] = [audio.createOscillator(), audio.createGain()];
		voice.type = 'square';
		voice.frequency.value = hertz;
		gain.gain.setValueAtTime(0.0001, at);
		gain.gain.exponentialRampToValueAtTime(0.25, at + 0.02);
		gain.gain.exponentialRampToValueAtTime(0.0001, at + seconds);
		voice.connect(gain).connect(audio.destination);
		voice.start(at);
		voice.stop(at + seconds);
	}
}

export const shift = new Shift();
