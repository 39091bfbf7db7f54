/**
 * What of this process's environment any program needs, with `more`. Nothing by which npm, turbo, vitest, a CI or people
 * tell programs what to do: what a test starts does the same wherever the test runs.
 */
export function plainEnvironment(more: Readonly<Record<string, string>> = {}): Record<string, string> {
  const kept = ["PATH", "HOME", "TMPDIR"].flatMap((name) => (process.env[name] ? [[name, process.env[name]]] : []));
  return { ...Object.fromEntries(kept), ...more };
}
