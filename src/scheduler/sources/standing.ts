/** Whether a trial may begin, or go on: `waits` where that isn't known yet, else why no longer. */
export type Standing = 'begins' | 'waits' | { readonly over: string };
