import type { Layout } from "@batchnorm/core";
import type { TimeBudget } from "../measuring/measure.js";
import { plain, type TimedOperation, type TimedTask, timedOperations } from "../operations.js";

/** Some cases with what is timed on them. */
export interface ProfilePart {
  /** of a file of cases */
  readonly set: string;
  /** those whose id contains one of these; all where there is none */
  readonly only?: readonly string[];
  readonly layouts?: readonly Layout[];
  readonly tasks: readonly TimedTask[];
}

/** What a run of the benchmarks times, and for how long. */
export interface Profile {
  readonly name: string;
  readonly budget: TimeBudget;
  /** whoever would take longer for one run is skipped, with the reason */
  readonly longestRun: number;
  readonly parts: readonly ProfilePart[];
}

const usual: readonly TimedTask[] = (["step", "infer"] as const).map(plain);
const operations: readonly TimedOperation[] = timedOperations;

/** Every operation, with ReLU and without, results fresh and reused. */
const everyTask: readonly TimedTask[] = operations.flatMap((operation) =>
  ([null, "relu"] as const).flatMap((activation) =>
    (["fresh", "reused"] as const).map((outputs) => ({ operation, activation, outputs })),
  ),
);

/** Shapes of ResNet-50 early, in the middle and late. */
const three = ["64x56x56", "256x14x14", "2048x7x7"];

/** All that there is, in less than 20 minutes on two cores. */
export const fullProfile: Profile = {
  name: "full",
  budget: { rounds: 5, milliseconds: 200 },
  longestRun: 1500,
  parts: [
    { set: "resnet50", tasks: usual },
    { set: "resnet50", only: three.map((shape) => `b32/${shape}`), tasks: everyTask },
    { set: "mobilenet-v2", tasks: usual, layouts: ["channels-last"] },
    { set: "densenet-121", tasks: usual, layouts: ["channels-first"] },
    { set: "dense", tasks: usual },
    { set: "video", tasks: usual },
    { set: "odd", tasks: usual },
    { set: "regressions", tasks: usual },
    { set: "scaling", tasks: (["train", "infer"] as const).map(plain) },
  ],
};

/** A first look, in less than two minutes. */
export const quickProfile: Profile = {
  name: "quick",
  budget: { rounds: 3, milliseconds: 60 },
  longestRun: 400,
  parts: [
    { set: "resnet50", only: ["b1/64x56x56", "b1/256x14x14", "b1/2048x7x7", "b32/512x7x7"], tasks: usual },
    { set: "dense", tasks: usual, only: ["b256/512"] },
  ],
};
