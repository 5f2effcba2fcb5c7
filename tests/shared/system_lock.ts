/** One test file at a time uses the machine's package manager and the system store: this lock is what the others wait for. */

/** Waits for the machine; `await using` lets the next one have it. The kernel frees it when the process dies. */
export async function systemLock(): Promise<AsyncDisposable> {
  const file = await Deno.open("/tmp/charly-tests.lock", { create: true, write: true });
  await file.lock(true);
  return {
    async [Symbol.asyncDispose]() {
      await file.unlock();
      file.close();
    },
  };
}
