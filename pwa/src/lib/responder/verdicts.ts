import * as m from '#lib/paraglide/messages.js';

export const reasonWord: Record<string, () => string> = {
	cooking: m.responder_reason_cooking,
	steam: m.responder_reason_steam,
	dust: m.responder_reason_dust,
	test: m.responder_reason_test,
	fault: m.responder_reason_fault,
	unknown: m.responder_reason_unknown
};
export const reasonText = (reason: string): string => (reasonWord[reason] ?? reasonWord['unknown']!)();
export const REASONS = ['cooking', 'steam', 'dust', 'test', 'fault', 'unknown'] as const;

export const gradeWord: Record<string, () => string> = {
	none: m.responder_grade_none,
	small: m.responder_grade_small,
	ordinary: m.responder_grade_ordinary,
	large: m.responder_grade_large,
	major: m.responder_grade_major,
	extraordinary: m.responder_grade_extraordinary
};
export const GRADES = ['none', 'small', 'ordinary', 'large', 'major', 'extraordinary'] as const;

export const needWord: Record<string, () => string> = {
	mobility: m.responder_need_mobility,
	hearing: m.responder_need_hearing,
	sight: m.responder_need_sight,
	oxygen: m.responder_need_oxygen,
	infant: m.responder_need_infant,
	other: m.responder_need_other
};
