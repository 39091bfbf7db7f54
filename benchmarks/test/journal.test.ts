import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { temporaryFolder } from "@batchnorm/testing/folder";
import { thisMachine } from "@batchnorm/timing";
import { describe, expect, it } from "vitest";
import { ResumeError } from "../src/errors.js";
import { Journal, type RunHead } from "../src/running/journal.js";
import { copyAt } from "./result-builder.js";

describe("a journal", () => {
  const head: RunHead = {
    schema: "batchnorm-benchmark",
    schemaVersion: 2,
    started: "2026-01-02T03:04:05.000Z",
    version: "0.0.0",
    commit: null,
    profile: "test",
    budget: { rounds: 1, milliseconds: 1 },
    machine: thisMachine(),
    implementations: [{ name: "cpu", kind: "backend", version: "0", about: "the cpu backend", threads: 1 }],
    absent: [],
  };
  const at = "2026-01-02T03:04:05.000Z";
  const entries = [1, 2, 3].map((speed) => ({ drift: { at, copy: copyAt(speed) } }));
  const written = () => {
    const path = join(temporaryFolder(), "test.partial.jsonl");
    const journal = Journal.start(path, head);
    for (const entry of entries) journal.add(entry);
    return path;
  };

  it.each([
    ["cut off in its last line", -10, 2],
    ["cut off before its last line break", -1, 3],
    ["whole", undefined, 3],
  ])("that is %s is resumed, and goes on with whole lines", (_, cut, kept) => {
    const path = written();
    writeFileSync(path, readFileSync(path, "utf8").slice(0, cut));
    const journal = Journal.resume(path, head);
    expect(journal.entries).toEqual(entries.slice(0, kept));
    journal.add(entries[0]!);
    expect(Journal.resume(path, head).entries).toEqual([...entries.slice(0, kept), entries[0]]);
    expect(existsSync(`${path}.new`)).toBe(false);
  });

  it("that is damaged before its end is refused, and left as it is", () => {
    const path = written();
    const damaged = readFileSync(path, "utf8").replace('"gigabytesPerSecond":[2]', '"gigabytesPerSecond":');
    writeFileSync(path, damaged);
    expect(() => Journal.resume(path, head)).toThrow(ResumeError);
    expect(() => Journal.resume(path, head)).toThrow(/is damaged in line 3; remove that line, .* or remove the file/);
    expect(readFileSync(path, "utf8")).toBe(damaged);
  });

  it("is not lost where it cannot be written", () => {
    const path = written();
    const before = readFileSync(path, "utf8");
    mkdirSync(`${path}.new`);
    expect(() => Journal.resume(path, head)).toThrow();
    expect(readFileSync(path, "utf8")).toBe(before);
  });
});
