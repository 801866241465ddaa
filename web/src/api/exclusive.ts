/** Owns that something is done in one tab of this browser at a time. */

/** Runs `work` while no other tab runs anything by that name. */
export async function exclusively<T>(name: string, work: () => Promise<T>): Promise<T> {
  // Absent on plain http to another machine, where tabs go each their own way.
  if (typeof navigator === "undefined" || !navigator.locks) return work();
  return navigator.locks.request(name, work);
}
