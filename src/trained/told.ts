/** Told how many of all are done, after each piece. What it throws ends the work. */
export type Told = (done: number, all: number) => void;
