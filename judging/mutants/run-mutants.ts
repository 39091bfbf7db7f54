import { availableParallelism } from "node:os";
import { fateOf, misjudged } from "./fate.js";
import { mutants } from "./index.js";
import type { Mutant } from "./mutant.js";
import type { Report } from "./report.js";

/**
 * Asks every check of the suite about every mutant, and prints for each by how many checks it died, with the message of
 * the first.
 *
 * @param root of the repository
 * @param only requirements and parts of the names of mutants; none: all mutants
 * @returns whether every mutant died as it should, and the sources as they are passed
 */
export async function runMutants(root: URL, only: readonly string[]): Promise<boolean> {
  const asked = mutants.filter(
    ({ name, requirement }) => only.length === 0 || only.some((part) => name.includes(part) || requirement === part),
  );
  const waiting = [null, ...asked].values();
  const wrong: string[] = [];
  const work = async () => {
    for (const mutant of waiting) {
      const start = performance.now();
      const { problem, told } = await judged(mutant, root);
      const name = mutant === null ? "the sources as they are" : `${mutant.requirement}: ${mutant.name}`;
      const seconds = ((performance.now() - start) / 1000).toFixed(1);
      console.log(`${name}, ${seconds} s\n  ${(problem ?? told).replaceAll("\n", "\n  ")}`);
      if (problem !== null) wrong.push(name);
    }
  };
  await Promise.all(Array.from({ length: availableParallelism() }, work));
  console.log(
    wrong.length === 0 ? `mutants that died: ${asked.length} of ${asked.length}` : `wrong:\n  ${wrong.join("\n  ")}`,
  );
  return wrong.length === 0;
}

/** What came of it, and what is wrong with that. */
async function judged(mutant: Mutant | null, root: URL): Promise<{ problem: string | null; told: string }> {
  try {
    const report = await fateOf(mutant, { root, others: Infinity });
    const { passed, failures } = report;
    const problem = mutant === null ? broken(report) : misjudged(mutant, report);
    return { problem: problem && `WRONG: ${problem}`, told: told(failures, passed) };
  } catch (error) {
    return { problem: `WRONG: ${error}`, told: "" };
  }
}

function told([first, ...others]: Report["failures"], passed: number): string {
  if (first === undefined) return `${passed} checks passed`;
  return `died by ${others.length + 1} of its requirement's checks, the first:\n${first.message}`;
}

function broken({ failures, notJudged }: Report): string | null {
  if (failures.length === 0 && notJudged === 0) return null;
  return `${failures.length} checks failed:\n${failures.map(({ message }) => message).join("\n")}`;
}
