import { execFile } from "node:child_process";
import { onTestFinished } from "vitest";

const dist = new URL("../../dist/", import.meta.url);

/** What a process has printed that runs a script, in which `dist` is where the built package lies. It has to end by itself. */
export function runNode(script: string, flags: readonly string[] = []): Promise<string> {
  const text = `const dist = ${JSON.stringify(dist.href)};\n${script}`;
  return new Promise((resolve, reject) => {
    const child = execFile(
      process.execPath,
      [...flags, "--input-type=module", "-e", text],
      // without the variables by which coverage and test runners follow a process
      { env: { PATH: process.env.PATH } },
      (error, stdout, stderr) => {
        if (error === null) resolve(stdout.trim());
        else reject(new Error(`${error.message}\n${stdout}\n${stderr}`));
      },
    );
    onTestFinished(() => void child.kill("SIGKILL")); // where it hangs
  });
}
