/**
 * What `begin` comes to where it caught a trial while that trained. A trial that also ends by itself may be done before a stop or a kill
 * arrives, as where the machine is busy; that is nobody's fault, and another one is begun.
 */
export async function caughtTraining<Begun>(
  begin: () => Promise<Begun>,
  isCaught: (begun: Begun) => boolean,
): Promise<Begun> {
  for (;;) {
    const begun = await begin();
    if (isCaught(begun)) return begun;
  }
}
