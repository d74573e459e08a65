export async function until(condition: () => boolean, patience_ms: number) {
  const end = performance.now() + patience_ms
  while (!condition() && performance.now() < end) await Bun.sleep(10)
}
