import { BatchNormError, defaultEps, defaultMomentum } from "@batchnorm/core";
import type { Command } from "commander";
import { examplesText } from "../examples.js";
import { UsageError } from "../exit-codes.js";
import type { Kind } from "../explain/batches.js";
import { explainExamples } from "../explain/examples.js";
import { createLesson, type Lesson } from "../explain/lesson.js";
import { lessonJson } from "../explain/lesson-json.js";
import { lessonText } from "../explain/lesson-text.js";
import {
  type ExplainOptions,
  limits,
  parseBatch,
  parseEps,
  parseKind,
  parseMomentum,
  parseParameter,
  parseSteps,
} from "../explain/options.js";
import { print, printJson } from "../output.js";

/** Small enough to read: a convolution has four places in each example. */
const defaultBatch = { dense: 4, conv: 2 } as const;

/** `batchnorm explain` */
export function define(command: Command): void {
  command
    .argument("[kind]", "dense: (N, F), or conv: (N, C, H, W)", parseKind, "dense" as Kind)
    .option("--steps <n>", `number of training batches, 1 to ${limits.steps}`, parseSteps, 3)
    .option(
      "--momentum <m>",
      "weight of the new value in the running statistics, 0 to 1",
      parseMomentum,
      defaultMomentum,
    )
    .option("--eps <e>", "epsilon, added to the variance, above 0", parseEps, defaultEps)
    .option("--batch <n>", `N, examples per batch, 1 to ${limits.batch} (default: 4 dense, 2 conv)`, parseBatch)
    .option("--gamma <g>", "scale of every channel", parseParameter("--gamma"), 2)
    .option("--beta <b>", "shift of every channel", parseParameter("--beta"), 1)
    .option("--json", "print every number as JSON")
    .addHelpText("after", examplesText(explainExamples))
    .action(
      async (kind: Kind, { json, ...given }: Omit<ExplainOptions, "batch"> & { batch?: number; json?: boolean }) => {
        const lesson = await lessonOf(kind, { ...given, batch: given.batch ?? defaultBatch[kind] });
        if (json) printJson(lessonJson(lesson));
        else print(lessonText(lesson));
      },
    );
}

async function lessonOf(kind: Kind, options: ExplainOptions): Promise<Lesson> {
  try {
    return await createLesson(kind, options);
  } catch (error) {
    if (error instanceof BatchNormError && error.code === "ERR_ONE_VALUE_PER_CHANNEL") {
      throw new UsageError(
        `${error.message}. With --batch ${options.batch}, m = 1: x - mu_B = 0, so y = beta for every x, and the unbiased variance is 0/0. Use --batch 2 or more, or explain conv, where every position counts`,
      );
    }
    throw error;
  }
}
