import { ownCommand } from "@batchnorm/optional-components/own-command";

/** A command, without the name of the program, and what it shows. */
export type Example = readonly [words: string, shows: string];

/** Examples below the help of a command, as they can be typed here. */
export function examplesText(examples: readonly Example[]): string {
  const commands = examples.map(([words]) => ownCommand(words));
  const longest = Math.max(...commands.map((command) => command.length));
  const lines = examples.map(([, shows], at) => `  $ ${commands[at]?.padEnd(longest)}  ${shows}`.trimEnd());
  return `\nExamples:\n${lines.join("\n")}`;
}
