import type { Layout } from "@batchnorm/core";
import type { PlannedGroup, TimeBudget } from "@batchnorm/timing";
import { plain, type TimedOperation, type TimedTask, timedOperations } from "@batchnorm/timing";
import { caseNamed } from "../cases/named.js";
import { baselineOnTfjs } from "../implementations/known-tfjs.js";

/** Some cases with what is timed on them. */
export interface ProfilePart {
  /** as `caseNamed` takes it: a set, or parts of ids */
  readonly cases: string;
  readonly layout?: Layout;
  /** whether those on several threads compete as well */
  readonly everyThread?: boolean;
  /** whether those on every engine of TensorFlow.js compete as well */
  readonly everyEngine?: boolean;
  readonly tasks: readonly TimedTask[];
  /** another limit than the profile's: a network's sum needs all of its cases */
  readonly longestRun?: number;
}

/** What a run of the benchmarks times, and for how long. */
export interface Profile {
  readonly name: string;
  readonly budget: TimeBudget;
  /** milliseconds that one run may take, but for parts with a limit of their own */
  readonly longestRun: number;
  readonly parts: readonly ProfilePart[];
  /** those who are timed, of those that the place has, unless others are asked for; every one by default */
  readonly backends?: readonly string[];
  readonly peers?: readonly string[];
}

const usual: readonly TimedTask[] = (["step", "infer"] as const).map(plain);
const operations: readonly TimedOperation[] = timedOperations;

/** Every operation: as it is, with ReLU, and with results reused. */
const everyTask: readonly TimedTask[] = operations.flatMap((operation) => [
  plain(operation),
  { ...plain(operation), activation: "relu" },
  { ...plain(operation), outputs: "reused" },
]);

/** Enough for the slowest peer on the networks at batch 1. */
const longestOfNetworks = 1500;

/** The sizes at which fast kernels are compared: of ResNet-50 at batch 32, small ones, and behind a dense layer. */
const kernelCases = [
  "64x112x112",
  "256x56x56",
  "64x56x56",
  "512x28x28",
  "128x28x28",
  "1024x14x14",
  "256x14x14",
  "2048x7x7",
  "512x7x7",
].map((name) => `resnet50/b32/${name}`);

/** All that there is, in less than 20 minutes on two cores. */
export const fullProfile: Profile = {
  name: "full",
  budget: { rounds: 5, milliseconds: 115 },
  longestRun: 500,
  parts: [
    { cases: "resnet50", tasks: usual, longestRun: longestOfNetworks },
    { cases: "resnet50/b32/64x56x56", tasks: everyTask },
    { cases: "resnet50/b32/256x14x14", tasks: everyTask },
    { cases: "resnet50/b32/2048x7x7", tasks: everyTask },
    { cases: "mobilenet-v2/b1", tasks: usual, layout: "channels-last", longestRun: longestOfNetworks },
    { cases: "densenet-121/b1", tasks: usual, layout: "channels-first", longestRun: longestOfNetworks },
    { cases: "dense", tasks: usual },
    { cases: "video", tasks: usual },
    { cases: "odd", tasks: usual },
    { cases: "regressions", tasks: usual },
    { cases: "scaling", tasks: (["train", "infer"] as const).map(plain), everyThread: true },
    { cases: "resnet50/b32/512x7x7", tasks: usual, everyEngine: true, longestRun: longestOfNetworks },
  ],
};

/** What TensorFlow.js's users gain on each of its engines, with TensorFlow on all cores and on one. */
export const enginesProfile: Profile = {
  name: "engines",
  budget: { rounds: 5, milliseconds: 100 },
  longestRun: 10_000, // TensorFlow.js alone on its cpu engine takes so long on 26 MB
  parts: [...kernelCases, "small", "dense/b4096/512"].map((cases) => ({
    cases,
    tasks: usual,
    everyThread: true,
    everyEngine: true,
  })),
  peers: baselineOnTfjs().map(({ name }) => name),
};

/** What the backends and their peers make of all cores, with results fresh and reused. */
export const threadsProfile: Profile = {
  name: "threads",
  budget: { rounds: 5, milliseconds: 80 },
  longestRun: 3000,
  parts: [...kernelCases, "small", "dense/b4096/512"].map((cases) => ({
    cases,
    layout: "channels-first",
    everyThread: true,
    everyEngine: true,
    tasks: operations.flatMap((operation) => [
      plain(operation),
      ...(operation === "step" ? [] : [{ ...plain(operation), outputs: "reused" as const }]),
    ]),
  })),
  backends: ["cpu", "wasm"],
  peers: [
    "baseline tfjs-cpu",
    "baseline tfjs-wasm",
    "pytorch",
    "pytorch malloc retained",
    "onnxruntime",
    "onnxruntime-web",
  ],
};

/** Whether the wasm backend falls off a cliff at some size. */
export const sizesProfile: Profile = {
  name: "sizes",
  budget: { rounds: 5, milliseconds: 40 },
  longestRun: 3000,
  parts: ["onednn", "odd", "regressions", "small"].map((cases) => ({
    cases,
    everyThread: true,
    tasks: (["train", "backward", "infer"] as const).map(plain),
  })),
  backends: ["wasm"],
  peers: [],
};

/** A first look, in less than two minutes. */
export const quickProfile: Profile = {
  name: "quick",
  budget: { rounds: 5, milliseconds: 80 }, // fewer rounds would tell no change from chance
  longestRun: 400,
  parts: [
    { cases: "resnet50/b1/64x56x56", tasks: usual },
    { cases: "resnet50/b1/256x14x14", tasks: usual },
    { cases: "resnet50/b1/2048x7x7", tasks: usual },
    { cases: "resnet50/b32/512x7x7", tasks: usual },
    { cases: "resnet50/b1/256x14x14", tasks: usual, layout: "channels-last", everyEngine: true },
  ],
};

/** Every profile, by its name. */
export const profiles: Readonly<Record<string, Profile>> = Object.fromEntries(
  [fullProfile, quickProfile, enginesProfile, threadsProfile, sizesProfile].map((profile) => [profile.name, profile]),
);

/** What a profile times. */
export function groupsOf({ parts, longestRun: usualLimit }: Profile): PlannedGroup[] {
  return parts.flatMap(({ cases, layout, everyThread = false, everyEngine = false, tasks, longestRun = usualLimit }) =>
    caseNamed(cases, layout === undefined ? {} : { layout }).flatMap((testCase) =>
      tasks.map((task) => ({ case: testCase, task, everyThread, everyEngine, longestRun })),
    ),
  );
}
