import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Worker } from "node:worker_threads";
import { writeBundle } from "./bundle.js";
import type { Change, Mutant } from "./mutant.js";
import type { Asked, Report } from "./report.js";

export interface FateOptions {
  /** of the repository */
  readonly root: URL;
  /** how many checks are asked of each requirement that is not the mutant's; Infinity: all */
  readonly others: number;
}

/** Minutes after which the suite hangs: it takes seconds, or with all checks some minutes, and more on a busy machine. */
const limit = 20;

/**
 * What the suite says of a mutant.
 *
 * @param mutant null for the sources as they are
 * @throws Error where the mutant is out of date, or ends in any other way than by a report
 */
export async function fateOf(mutant: Mutant | null, { root, others }: FateOptions): Promise<Report> {
  const asked = { requirement: mutant?.requirement ?? null, others, bounds: "cpu" } as const;
  return reportOn(mutant === null ? [] : [mutant], asked, root);
}

/**
 * What the suite says of the sources with some expressions changed.
 *
 * @throws Error where a change is out of date, or the suite ends in any other way than by a report
 */
export async function reportOn(changes: readonly Change[], asked: Asked, root: URL): Promise<Report> {
  const folder = await mkdtemp(join(tmpdir(), "batchnorm-mutant-"));
  try {
    const module = join(folder, "mutant.mjs");
    await writeBundle(changes, root, module);
    return await reportOf(module, asked);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function reportOf(module: string, asked: Asked): Promise<Report> {
  const worker = new Worker(module, { workerData: asked });
  try {
    return await new Promise<Report>((resolve, reject) => {
      setTimeout(() => reject(new Error(`no report within ${limit} minutes`)), limit * 60_000).unref();
      worker.on("message", resolve);
      worker.on("error", reject);
      worker.on("exit", (code) => reject(new Error(`the worker ended with code ${code} before it reported`)));
    });
  } finally {
    await worker.terminate();
  }
}

/** Why the suite did not find the mutant as it should, or null where it did. */
export function misjudged(mutant: Mutant, { failures }: Report): string | null {
  if (failures.length === 0) return "it survived: no check failed";
  const elsewhere = failures.filter(({ requirement }) => requirement !== mutant.requirement);
  if (elsewhere.length === 0) return null;
  const firsts = [...new Set(elsewhere.map(({ requirement }) => requirement))].map(
    (requirement) => elsewhere.find((failure) => failure.requirement === requirement)?.message,
  );
  const own = failures.length - elsewhere.length;
  return [`${own} of its own checks failed, and ${elsewhere.length} of other requirements:`, ...firsts].join("\n");
}
