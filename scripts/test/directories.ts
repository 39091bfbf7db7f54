import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { onTestFinished } from "vitest";

/** A directory with these files (objects as JSON), which is gone after the test. */
export function directoryWith(files: Record<string, string | object>): string {
  const directory = realpathSync(mkdtempSync(join(tmpdir(), "batchnorm-scripts-")));
  onTestFinished(() => rmSync(directory, { recursive: true }));
  for (const [name, content] of Object.entries(files)) {
    mkdirSync(dirname(join(directory, name)), { recursive: true });
    writeFileSync(join(directory, name), typeof content === "string" ? content : JSON.stringify(content, null, 2));
  }
  return directory;
}
