import * as m from '#lib/paraglide/messages.js';
import type { Id, Time } from '#lib/core/api/index.ts';

export const FILES = ['estate', 'transmitters', 'devices', 'people'] as const;
export type FileName = (typeof FILES)[number];
export type RowError = { file: string; row: number; column: string; message: string };
export type Transfer = {
	id: Id;
	state: 'queued' | 'running' | 'done' | 'refused' | 'failed';
	files: string[];
	counts: Record<string, number>;
	created_at: Time;
	finished_at: Time | null;
	error_count?: number;
	errors?: RowError[];
	files_until?: Time | null;
	is_unmasked?: boolean;
};

export const fileWord: Record<FileName, () => string> = {
	estate: m.admin_file_estate,
	transmitters: m.admin_file_transmitters,
	devices: m.admin_file_devices,
	people: m.admin_file_people
};
const STATE = {
	queued: m.admin_transfer_queued,
	running: m.admin_transfer_running,
	done: m.admin_transfer_done,
	refused: m.admin_transfer_refused,
	failed: m.admin_transfer_failed
};
export const transferState = (transfer: Transfer): string => (STATE[transfer.state] ?? STATE.queued)();
export const isRunning = (transfer: Transfer): boolean =>
	transfer.state === 'queued' || transfer.state === 'running';
