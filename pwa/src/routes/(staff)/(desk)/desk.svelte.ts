import { getContext, setContext } from 'svelte';
import type { Case, CaseView } from '#lib/responder/index.ts';

/** What the list, the middle and the plan of the wide screen share. */
export class DeskState {
	current = $state.raw<Case | null>(null);
	view = $state.raw<CaseView | undefined>(undefined);
}

const KEY = Symbol('desk');
export const provideDesk = (): DeskState => setContext(KEY, new DeskState());
export const useDesk = (): DeskState => getContext<DeskState>(KEY);
