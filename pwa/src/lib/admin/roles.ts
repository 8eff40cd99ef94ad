import * as m from '#lib/paraglide/messages.js';
import type { Id } from '#lib/core/api/index.ts';

export type Held = {
	id: Id;
	role: string;
	scope: { kind: string; id: Id | null; name: string; name_en: string };
};
export type Person = {
	id: Id;
	name: string;
	phone_masked: string;
	language: string;
	confirmed_at: string | null;
	created_at: string;
	roles: Held[];
};
export type RoleInfo = { name: string; zh: string; en: string; scope_kinds: string[]; is_offered: boolean };

const KIND: Record<string, () => string> = {
	all: m.admin_scope_all,
	area: m.admin_scope_area,
	estate: m.admin_scope_estate,
	building: m.admin_scope_building,
	dwelling: m.admin_scope_dwelling,
	unit: m.admin_scope_unit,
	station: m.admin_scope_station
};
export const scopeWord = (kind: string): string => (KIND[kind] ?? (() => kind))();

export const roleWord = (role: string, roles: readonly RoleInfo[]): string => {
	const known = roles.find(({ name }) => name === role);
	if (!known) return role;
	return document.documentElement.lang === 'en' ? known.en : known.zh;
};
