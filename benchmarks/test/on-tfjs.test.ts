import { tfjsNode } from "@batchnorm/optional-components";
import { describeWith } from "@batchnorm/testing/describe-with";
// as built, since implementations run in processes of their own
import { type Implementation, plain, taskName, Unsupported } from "@batchnorm/timing";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { knownImplementations } from "../dist/implementations/known.js";
import { fullProfile, groupsOf, profiles } from "../src/running/profile.js";
import { cases, computed, errorsOf } from "./odd-cases.js";

const tasks = (["step", "train", "infer"] as const).flatMap((operation) =>
  ([null, "relu"] as const).map((activation) => ({ ...plain(operation), activation })),
);

/** An implementation by its name, in a process of its own: what it computes is right, and it does so again and again. */
function suite(name: string, threads: number): void {
  describe(`${name} on ${threads} threads`, () => {
    let implementation: Implementation;
    beforeAll(async () => {
      const known = knownImplementations().find((one) => one.name === name);
      const opened = await known?.open(threads);
      if (opened === undefined || "reason" in opened) throw new Error(`${name} is absent`);
      implementation = opened;
    });
    afterAll(() => implementation?.close?.());

    it("says who it is", () => {
      expect(implementation).toMatchObject({ name: threads > 1 ? `${name} ${threads} threads` : name, threads });
      expect(implementation.version).toMatch(implementation.kind === "peer" ? /^4\./ : /^\d/);
    });

    it.each(tasks.map((task) => [taskName(task), task] as const))("computes %s right", async (_, task) => {
      for (const of of cases) {
        const { errors, agrees } = await errorsOf(implementation, of, task);
        expect(errors.map(({ result }) => result)).toEqual(computed[task.operation]);
        expect({ shape: of.shape, agrees, errors }).toMatchObject({ agrees: true });
      }
    });

    it("has no float64, and says so", async () => {
      const [of] = cases as [(typeof cases)[number]];
      await expect(errorsOf(implementation, { ...of, dtype: "float64" }, plain("infer"))).rejects.toThrow(Unsupported);
    });
  });
}

for (const name of ["tfjs-cpu", "tfjs-cpu-cpu", "tfjs-wasm", "baseline tfjs-wasm"]) suite(name, 1);

await describeWith(tfjsNode, "implementations in TensorFlow", () => {
  for (const name of ["tfjs-tensorflow", "tfjs-tensorflow-onednn"]) {
    suite(name, 2);
    suite(`baseline ${name}`, 1);
  }
});

describe("profiles", () => {
  it("have every engine in some groups of every one, but for those of the wasm backend's sizes", () => {
    for (const profile of Object.values(profiles).filter(({ name }) => name !== "sizes")) {
      expect(groupsOf(profile).some(({ everyEngine }) => everyEngine)).toBe(true);
    }
    expect(profiles[fullProfile.name]).toBe(fullProfile);
  });
});
