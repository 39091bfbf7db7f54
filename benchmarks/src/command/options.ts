import { createHash } from "node:crypto";
import { UsageError } from "@batchnorm/cli/terminal";
import type { DType, Layout } from "@batchnorm/core";
import { dtypes, layouts } from "@batchnorm/core/checks";
import { groupId, outputKinds, type PlannedGroup, type TimedOperation, timedOperations } from "@batchnorm/timing";
import { type Command, InvalidArgumentError, Option } from "commander";
import { casesNamed } from "../cases/named.js";
import { fullProfile, groupsOf, type Profile, profiles, quickProfile } from "../running/profile.js";

/** What `npm run bench` is told. */
export interface BenchOptions {
  readonly quick?: boolean;
  readonly profile?: string;
  readonly resume?: boolean;
  readonly out: string;
  readonly json?: boolean;
  readonly shape?: readonly string[];
  readonly op?: readonly TimedOperation[];
  readonly layout?: Layout;
  readonly dtype?: DType;
  readonly relu?: boolean;
  readonly reuse?: boolean;
  readonly backend?: readonly string[];
  readonly peer?: readonly string[] | false;
  readonly threads?: readonly number[];
  readonly in: (typeof places)[number];
}

/** Where it can be measured. */
export const places = ["node", "chromium", "chromium-not-isolated"] as const;

/** The options of `npm run bench`. */
export function addBenchOptions(command: Command): Command {
  return command
    .option("--quick", "a few shapes, timed briefly: a minute instead of twenty")
    .addOption(
      new Option(
        "--profile <name>",
        "what is timed: engines are those of TensorFlow.js, threads is wasm on all cores, sizes whether it is slow at any",
      )
        .choices(Object.keys(profiles))
        .default(fullProfile.name)
        .conflicts("quick"),
    )
    .option("--resume", "go on with a run that was stopped")
    .option("--out <dir>", "directory that results are written to; made where it does not exist", "bench")
    .option("--json", "print the result as JSON instead of progress and a table")
    .option(
      "--shape <shape>",
      "a question of your own: a name (resnet50/b32) or numbers (32x64x56x56); repeatable",
      list,
    )
    .addOption(repeatable("--op <operation>", "what to time on your shapes (default: step and infer)", timedOperations))
    .addOption(new Option("--layout <layout>", "of your shapes (default: both)").choices(layouts))
    .addOption(new Option("--dtype <type>", "of your shapes (default: float32)").choices(dtypes))
    .option("--relu", "with ReLU, on your shapes")
    .option("--reuse", "results written where the ones before them were, on your shapes")
    .option("--backend <name>", "time this backend; repeatable (default: all)", list)
    .option("--peer <name>", "beside this peer; repeatable (default: all)", list)
    .option("--no-peer", "without peers")
    .addOption(
      new Option("--in <place>", "measure in a page of a browser: cpu, wasm, TensorFlow.js's wasm and onnxruntime-web")
        .choices(places)
        .default("node" as const),
    )
    .option("--threads <count>", "threads of those that have several; repeatable (default: 1)", counts);
}

/** Options that say what is timed of one's own shapes. */
const aboutShapes = ["op", "layout", "dtype", "relu", "reuse"] as const;

/** What is timed, and for how long. @throws UsageError for an option about one's own shapes without any */
export function planOf(options: BenchOptions): { profile: Profile; groups: PlannedGroup[] } {
  const profile = options.quick ? quickProfile : (profiles[options.profile ?? ""] ?? fullProfile);
  const named = options.backend !== undefined || Array.isArray(options.peer);
  if (options.shape === undefined) {
    const ignored = aboutShapes.filter((name) => options[name] !== undefined).map((name) => `--${name}`);
    if (ignored.length === 0) {
      const groups = groupsOf(profile).map((group) => (named ? { ...group, everyEngine: true } : group));
      return { profile, groups };
    }
    const need =
      ignored.length === 1 ? "is about shapes of your own, and needs" : "are about shapes of your own, and need";
    throw new UsageError(`${ignored.join(", ")} ${need} --shape`);
  }
  const { layout, dtype, op = ["step", "infer"], relu = false, reuse = false } = options;
  const choice = { ...(layout === undefined ? {} : { layout }), ...(dtype === undefined ? {} : { dtype }) };
  const how = { activation: relu ? ("relu" as const) : null, outputs: outputKinds[reuse ? 1 : 0] };
  const everyone = { everyThread: true, everyEngine: true, longestRun: 30_000 };
  const groups = casesNamed(options.shape, choice).flatMap((testCase) =>
    op.map((operation) => ({ case: testCase, task: { operation, ...how }, ...everyone })),
  );
  return { profile: { ...profile, name: questionName(profile, groups) }, groups };
}

/** `question-3fb2c1d0`, by what is asked and for how long: a question that was stopped is in the way of none but itself. */
function questionName({ name }: Profile, groups: readonly PlannedGroup[]): string {
  const ids = new Set(groups.map(groupId));
  const hash = createHash("sha256").update([name, ...[...ids].sort()].join("\n"));
  return `question-${hash.digest("hex").slice(0, 8)}`;
}

function list(value: string, before: readonly string[] | boolean = []): readonly string[] {
  return [...(Array.isArray(before) ? before : []), value];
}

function counts(value: string, before: readonly number[] = []): readonly number[] {
  const count = Number(value);
  if (!Number.isInteger(count) || count < 1) throw new InvalidArgumentError("expected a whole number from 1 on.");
  return [...before, count];
}

function repeatable(flags: string, description: string, choices: readonly string[]): Option {
  return new Option(flags, `${description}; one of ${choices.join(", ")}; repeatable`).argParser(
    (value: string, before: readonly string[] = []) => {
      if (!choices.includes(value)) throw new InvalidArgumentError(`Allowed choices are ${choices.join(", ")}.`);
      return [...before, value];
    },
  );
}
