import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { describe, expect, test } from "vitest";

const bin = fileURLToPath(new URL("../dist/bin.js", import.meta.url));
const run = promisify(execFile);

interface Ended {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

async function explain(args: readonly string[], env: Record<string, string> = {}): Promise<Ended> {
  const options = { env: { PATH: process.env.PATH, ...env }, maxBuffer: 2 ** 26 };
  try {
    return { code: 0, ...(await run(process.execPath, [bin, "explain", ...args], options)) };
  } catch (error) {
    return error as Ended;
  }
}

type Nested = number | Nested[];

// biome-ignore lint/suspicious/noExplicitAny: what a program reads that knows no types
async function json(...args: string[]): Promise<any> {
  const { code, stdout, stderr } = await explain([...args, "--json"]);
  expect(stderr).toBe("");
  expect(code).toBe(0);
  return JSON.parse(stdout);
}

function flat(values: Nested): number[] {
  return Array.isArray(values) ? values.flatMap(flat) : [values];
}

/** The values of each channel, by the map of channels that comes with them. */
function byChannel(values: Nested, channelOf: Nested): number[][] {
  const channels = flat(channelOf);
  return [0, 1, 2].map((c) => flat(values).filter((_, i) => channels[i] === c));
}

const mean = (values: number[]) => values.reduce((a, b) => a + b, 0) / values.length;
const variance = (values: number[]) => mean(values.map((value) => (value - mean(values)) ** 2));

function expectClose(actual: Nested, expected: Nested, relative: number): void {
  const wanted = flat(expected);
  const scale = Math.max(...wanted.map(Math.abs), 1e-30);
  expect(flat(actual)).toHaveLength(wanted.length);
  for (const [i, value] of flat(actual).entries()) {
    expect(Math.abs(value - (wanted[i] as number))).toBeLessThanOrEqual(relative * scale);
  }
}

describe.each([
  { kind: "dense", shape: [4, 3], m: 4, name: "BatchNorm1d" },
  { kind: "conv", shape: [2, 3, 2, 2], m: 8, name: "BatchNorm2d" },
])("the numbers of $kind", ({ kind, shape, m, name }) => {
  test("have the shape of the batch, and m of them share a mean", async () => {
    const lesson = await json(kind);
    expect(lesson.shape).toEqual(shape);
    expect(lesson.m).toBe(m);
    expect(byChannel(lesson.channelOf, lesson.channelOf).map((values) => values.length)).toEqual([m, m, m]);
    expect(lesson.channelOf[0][2]).toEqual(
      kind === "dense"
        ? 2
        : [
            [2, 2],
            [2, 2],
          ],
    );
  });

  test("of training are Algorithm 1", async () => {
    const { training, channelOf, options } = await json(kind, "--eps", "0.5", "--gamma", "-3", "--beta", "0.25");
    const x = byChannel(training.x, channelOf);
    const xHat = byChannel(training.xHat, channelOf);
    const y = byChannel(training.y, channelOf);
    for (const c of [0, 1, 2]) {
      expect(training.mean[c]).toBeCloseTo(mean(x[c]!), 10);
      expect(training.variance[c]).toBeCloseTo(variance(x[c]!), 10);
      expect(mean(xHat[c]!)).toBeCloseTo(0, 12);
      expect(variance(xHat[c]!)).toBeCloseTo(training.variance[c] / (training.variance[c] + options.eps), 12);
      expectClose(
        y[c]!,
        xHat[c]!.map((value) => -3 * value + 0.25),
        1e-14,
      );
    }
  });

  test("of the running statistics follow the recurrence", async () => {
    const { running, channelOf } = await json(kind, "--steps", "7", "--momentum", "0.3");
    expect(running.steps).toHaveLength(7);
    const now = { mean: [0, 0, 0], variance: [1, 1, 1] };
    expect(running.start).toEqual(now);
    for (const step of running.steps) {
      for (const [c, x] of byChannel(step.x, channelOf).entries()) {
        now.mean[c] = 0.7 * now.mean[c]! + 0.3 * mean(x);
        now.variance[c] = 0.7 * now.variance[c]! + (0.3 * (variance(x) * m)) / (m - 1);
      }
      expectClose(step.runningMean, now.mean, 1e-12);
      expectClose(step.runningVariance, now.variance, 1e-12);
    }
  });

  test("of inference use the last running statistics", async () => {
    const { running, inference, training, channelOf, options } = await json(kind);
    const { runningMean, runningVariance } = running.steps.at(-1);
    const x = byChannel(training.x, channelOf);
    for (const [c, y] of byChannel(inference.y, channelOf).entries()) {
      const sigma = Math.sqrt(runningVariance[c] + options.eps);
      expectClose(
        y,
        x[c]!.map((value) => (options.gamma * (value - runningMean[c])) / sigma + options.beta),
        1e-12,
      );
    }
  });

  test("of the backward pass are the derivatives of the loss", async () => {
    const { backward, training, channelOf, options } = await json(kind, "--eps", "0.01");
    const x = byChannel(training.x, channelOf);
    const dy = byChannel(backward.dy, channelOf);
    const loss = (values: number[], weights: number[]) => {
      const sigma = Math.sqrt(variance(values) + options.eps);
      return values.reduce((sum, value, i) => sum + (weights[i]! * options.gamma * (value - mean(values))) / sigma, 0);
    };
    for (const [c, dx] of byChannel(backward.training.dx, channelOf).entries()) {
      const h = 1e-3 * Math.sqrt(variance(x[c]!));
      const numeric = x[c]!.map((_, i) => {
        const at = (shift: number) =>
          loss(
            x[c]!.map((value, j) => (j === i ? value + shift : value)),
            dy[c]!,
          );
        return (at(h) - at(-h)) / (2 * h);
      });
      expectClose(dx, numeric, 1e-5);
      expect(mean(dx)).toBeCloseTo(0, 12);
    }
  });

  test("of the terms of the first channel add up to its dx", async () => {
    const { backward, training, channelOf, options } = await json(kind);
    const { dXHat, dSigma2, dMu } = backward.firstChannel;
    const x = byChannel(training.x, channelOf)[0]!;
    const sigma = Math.sqrt(training.variance[0] + options.eps);
    const dx = x.map((value, i) => dXHat[i] / sigma + (dSigma2 * 2 * (value - training.mean[0])) / m + dMu / m);
    expectClose(byChannel(backward.training.dx, channelOf)[0]!, dx, 1e-12);
  });

  test("of inference's gradient reach only the entries that the loss looks at", async () => {
    const { backward, running, channelOf, options } = await json(kind);
    const variances = running.steps.at(-1).runningVariance;
    for (const [c, dx] of byChannel(backward.inference.dx, channelOf).entries()) {
      expect(dx[0]).toBeCloseTo(options.gamma / Math.sqrt(variances[c] + options.eps), 12);
      expect(dx.slice(1).every((value) => value === 0)).toBe(true);
    }
  });

  test("come from a layer as well, but for the roundings of float32", async () => {
    const { layer, training, inference, running, backward } = await json(kind, "--steps", "20");
    expect(layer.description).toContain(`${name}(3, eps=1e-05, momentum=0.1`);
    expectClose(layer.training.y, training.y, 1e-6);
    expectClose(layer.training.dx, backward.training.dx, 1e-6);
    expectClose(layer.training.dGamma, backward.training.dGamma, 1e-6);
    expectClose(layer.inference.y, inference.y, 1e-5);
    expectClose(layer.inference.dx, backward.inference.dx, 1e-5);
    expect(layer.running).toHaveLength(20);
    for (const [k, step] of running.steps.entries()) {
      expectClose(layer.running[k].mean, step.runningMean, 1e-6);
      expectClose(layer.running[k].variance, step.runningVariance, 1e-6);
    }
    for (const { ulp } of layer.errors) expect(ulp).toBeLessThanOrEqual(1);
  });

  test("are the same every time", async () => {
    expect(await json(kind)).toEqual(await json(kind));
  });
});

test("without a kind, a dense layer is explained", async () => {
  expect((await json()).kind).toBe("dense");
});

test("two examples leave plus and minus one", async () => {
  const { training } = await json("dense", "--batch", "2");
  for (const value of flat(training.xHat)) expect(Math.abs(value)).toBeCloseTo(1, 3);
});

describe("the text", () => {
  test("fits 80 columns, has no colours in a file, and is in order", async () => {
    for (const args of [["dense"], ["conv"], ["dense", "--steps", "1000", "--batch", "64"], ["conv", "--batch", "1"]]) {
      const { stdout, stderr, code } = await explain(args, { CI: "1" });
      expect({ stderr, code }).toEqual({ stderr: "", code: 0 });
      expect(stdout.split("\n").filter((line) => line.length > 80)).toEqual([]);
      expect(stdout).not.toContain("\u001b");
      const headings = [...stdout.matchAll(/^(\d)\. (.+)$/gm)].map(([, number]) => Number(number));
      expect(headings).toEqual([1, 2, 3, 4, 5, 6, 7, 8]);
      expect(stdout).not.toMatch(/NaN|undefined|-0\.0+\b/);
    }
  });

  test("draws which entries share a mean", async () => {
    const dense = (await explain(["dense", "--batch", "2"])).stdout;
    expect(dense).toMatch(/example 1 +a +b +c\nexample 2 +a +b +c\n/);
    const conv = (await explain(["conv"])).stdout;
    expect(conv).toMatch(/example 1 +a +a +b +b +c +c\n +a +a +b +b +c +c\n/);
  });

  test("shows the numbers of the JSON", async () => {
    const { stdout } = await explain(["dense", "--steps", "30"]);
    const { running } = await json("dense", "--steps", "30");
    const { runningMean } = running.steps.at(-1);
    const last = stdout.split("\n").find((line) => line.startsWith("batch 30")) as string;
    for (const value of runningMean) expect(last).toContain(value.toFixed(4));
  });

  test("is coloured where asked, never with NO_COLOR", async () => {
    expect((await explain([], { FORCE_COLOR: "1" })).stdout).toContain("\u001b[");
    expect((await explain([], { FORCE_COLOR: "1", NO_COLOR: "1" })).stdout).not.toContain("\u001b");
  });
});

describe("usage errors", () => {
  test.each([
    { args: ["foo"], says: ["dense or conv", '"foo"'] },
    { args: ["--momentum", "2"], says: ["from 0 to 1", "got 2"] },
    { args: ["--momentum", "abc"], says: ["from 0 to 1", '"abc"'] },
    { args: ["--momentum", ""], says: ["from 0 to 1", '""'] },
    { args: ["--eps", "-1"], says: ["above 0", '"-1"'] },
    { args: ["--eps", "0"], says: ["eps must be positive during training", "0"] },
    { args: ["--eps", "Infinity"], says: ["finite", '"Infinity"'] },
    { args: ["--steps", "0"], says: ["1 to 1000", '"0"'] },
    { args: ["--steps", "1.5"], says: ["whole number", '"1.5"'] },
    { args: ["--steps", "1e9"], says: ["1 to 1000", '"1e9"'] },
    { args: ["--batch", "0"], says: ["1 to 64", '"0"'] },
    { args: ["--batch", "65", "--json"], says: ["1 to 64", '"65"'] },
    { args: ["--gamma", "Infinity"], says: ["-100 to 100", '"Infinity"'] },
    { args: ["--beta", "1e9"], says: ["-100 to 100", '"1e9"'] },
    { args: ["dense", "--batch", "1"], says: ["more than 1 value per channel", "[1, 3]", "0/0", "--batch 2"] },
    { args: ["dense", "--batch", "1", "--json"], says: ["more than 1 value per channel"] },
  ])("$args is refused in one line", async ({ args, says }) => {
    const { code, stdout, stderr } = await explain(args);
    expect(code).toBe(2);
    expect(stdout).toBe("");
    expect(stderr).toMatch(/^error: [^\n]+\n$/);
    for (const part of says) expect(stderr).toContain(part);
  });

  test.each([
    { args: ["--stepz", "3"], says: "--stepz" },
    { args: ["dense", "conv"], says: "too many arguments" },
    { args: ["--steps"], says: "--steps" },
  ])("$args is refused", async ({ args, says }) => {
    const { code, stdout, stderr } = await explain(args);
    expect(code).toBe(2);
    expect(stdout).toBe("");
    expect(stderr).toMatch(/^error: /);
    expect(stderr).toContain(says);
  });
});

test("--help has examples that work", async () => {
  const { code, stdout } = await explain(["--help"]);
  expect(code).toBe(0);
  const commands = [...stdout.matchAll(/\$ .* explain (.*?)(?: {2}|$)/gm)].map(([, args]) => (args as string).trim());
  expect(commands.length).toBeGreaterThan(3);
  for (const command of commands) {
    const expected = command.endsWith("--batch 1") ? 2 : 0;
    expect({ command, code: (await explain(command.split(" "))).code }).toEqual({ command, code: expected });
  }
});
