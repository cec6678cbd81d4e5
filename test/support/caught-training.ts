/** Where so many ended by themselves, what the test was to show is to blame, or its trial is far too short. */
const MOST_TRIES = 5;

/**
 * What `begin` comes to where it caught a trial while that trained. A trial that also ends by itself may be done before a stop or a kill
 * arrives, as where the machine is busy; that is nobody's fault, and another one is begun. `isOver`: whether that happened. What was caught and
 * isn't as it should be is the test's to tell, as is the last of several.
 */
export async function caughtTraining<Begun>(
  begin: () => Promise<Begun>,
  isOver: (begun: Begun) => boolean,
): Promise<Begun> {
  for (let left = MOST_TRIES - 1; ; left--) {
    const begun = await begin();
    if (left === 0 || !isOver(begun)) return begun;
  }
}
