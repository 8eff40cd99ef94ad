/** How many pages of this app lie behind the current one; the root layout counts. */
export const trail = { depth: 0 };
