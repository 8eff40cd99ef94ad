import type { Point } from './project.ts';

/** `ordinal` counts: 1 is the ground, 0 does not exist, -1 is the first basement. `label` is what the lift says. */
export type TowerFloor = { ordinal: number; label: string; isRefuge?: boolean };

export type MarkKind = 'fire' | 'suspect' | 'exercise' | 'gas';
export type Side = 'left' | 'right';

export type TowerInput = {
	floors: readonly TowerFloor[];
	own?: number | null;
	/** Floors an incident is on. */
	marks?: readonly { ordinal: number; kind: MarkKind }[];
	/** Floors nobody watches now: no light in them; a few of them are also marked and named. */
	unwatched?: readonly number[];
	fault?: { ordinal: number; text: string } | null;
	/** The stair to take from the own floor, and the floor it ends at (the ground unless told). */
	route?: { side: Side; to?: number; isNumbered?: boolean } | null;
	hasRuler?: boolean;
	hasFlags?: boolean;
	isLit?: boolean;
	isLarge?: boolean;
	/** Height of the walls above ground; floors share it between 4.4 and 26 px each. */
	height?: number;
	/** Sides of the plan, depth of a stair notch, margin of ground around. */
	plan?: { a: number; b: number; notch: number; margin: number };
	words?: TowerWords;
};

export type TowerProps = Omit<TowerInput, 'words' | 'isLarge'> & {
	name: string;
	/** The stair's letter, for those who listen instead of looking. */
	stair?: string | null;
};

export type TowerWords = {
	own: (label: string) => string;
	mark: (label: string, kind: MarkKind) => string;
	refuge: (label: string) => string;
	unwatched: (label: string) => string;
};

export type Shape = { cls: string; d: string };
export type Label = { x: number; y: number; text: string; cls: string };
export type Flag = {
	x: number;
	y: number;
	w: number;
	h: number;
	text: string;
	kind: MarkKind | 'own';
	lead: string;
};
export type Route = { d: string; arrows: string; dots: { x: number; y: number; n: number }[] };
export type FaultMark = { x: number; y: number; lead: string; text: Label };

export type TowerDrawing = {
	box: { x: number; y: number; width: number; height: number };
	shapes: Shape[];
	trees: { x: number; y: number; r: number; foot: number }[];
	labels: Label[];
	ticks: Shape[];
	flags: Flag[];
	route: Route | null;
	fault: FaultMark | null;
	/** Where the left edge of a floor is drawn, for tests and overlays. */
	edgeOf: (ordinal: number) => Point;
};
