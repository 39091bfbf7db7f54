import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll } from "vitest";

// only one benchmark or report runs on a machine at a time, by a lock: others may be running
const folder = mkdtempSync(join(tmpdir(), "batchnorm-cli-test-"));
process.env.TMPDIR = folder;
process.env.BATCHNORM_LOCK_FOLDER = folder;
afterAll(() => rmSync(folder, { recursive: true, force: true }));
