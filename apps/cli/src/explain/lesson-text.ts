import { ownCommand } from "@batchnorm/optional-components";
import type { Example } from "../examples.js";
import { explainExamples } from "./examples.js";
import { bold, formulas } from "./format.js";
import type { Lesson } from "./lesson.js";
import { backwardSection } from "./sections/backward.js";
import { batchSection, introduction } from "./sections/batch.js";
import { inferenceSection } from "./sections/inference.js";
import { layerSection } from "./sections/layer.js";
import { runningSection } from "./sections/running.js";
import { sharesSection } from "./sections/shares.js";
import { trainingSection } from "./sections/training.js";

const sections: readonly { title: string; write: (lesson: Lesson) => readonly string[] }[] = [
  { title: "The batch", write: batchSection },
  { title: "Which entries share a mean", write: sharesSection },
  { title: "Training: normalize by the batch (Algorithm 1)", write: trainingSection },
  { title: "Running statistics", write: runningSection },
  { title: "Inference: normalize by the running statistics (Algorithm 2)", write: inferenceSection },
  { title: "The backward pass (section 3 of the paper)", write: backwardSection },
  { title: "The same from a layer in float32", write: layerSection },
  { title: "Things to try", write: () => [formulas(...explainExamples.flatMap(exampleOnLines))] },
];

/** A lesson for people, to be read from top to bottom; 80 columns wide. */
export function lessonText(lesson: Lesson): string {
  const parts = [
    ...introduction(lesson),
    ...sections.flatMap(({ title, write }, i) => [`\n${bold(`${i + 1}. ${title}`)}`, ...write(lesson)]),
  ];
  return parts.join("\n\n");
}

/** On two lines, as in a clone the command is long. */
function exampleOnLines([words, shows]: Example): string[] {
  return [`$ ${ownCommand(words)}`, `  ${shows}`];
}
