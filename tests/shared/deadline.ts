/** A hang is a failure with a name. */

/** Rejects when `work` has not ended after so many seconds, generous ones: a slow machine is no failure. */
export async function withDeadline<T>(what: string, seconds: number, work: () => Promise<T>): Promise<T> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`${what}: hangs (${seconds} s)`)), seconds * 1000);
  });
  try {
    return await Promise.race([work(), late]);
  } finally {
    clearTimeout(timer);
  }
}
