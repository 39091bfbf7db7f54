import { readdirSync, readFileSync } from "node:fs";
import { basename } from "node:path";
import { type BenchmarkCase, benchmarkCases } from "@batchnorm/timing";
import * as v from "valibot";
import { expandSet } from "./expand.js";
import { type CaseSet, caseSetSchema } from "./set-schema.js";

const folder = new URL("../../src/cases/", import.meta.url);

/** The cases of the report, which are those of timing; all others are files here. */
const report = "report";

/** The names of all sets. */
export function setNames(): string[] {
  const files = readdirSync(folder).filter((file) => file.endsWith(".json"));
  return [report, ...files.map((file) => basename(file, ".json"))].sort();
}

/** The cases of a set, in order. @param name one of `setNames()` @throws ValiError where its file is not as it should be */
export function casesOfSet(name: string): BenchmarkCase[] {
  return name === report ? benchmarkCases() : expandSet(name, readSet(name));
}

/** The cases of all sets. */
export function allCases(): BenchmarkCase[] {
  return setNames().flatMap(casesOfSet);
}

/** A set that is all the batch norms of a network. */
export interface NetworkSet {
  readonly set: string;
  /** as its authors write it */
  readonly name: string;
  readonly batchNorms: number;
}

/** The sets that are networks: the times of their cases, at one batch, layout and type, add up to a network's cost. */
export function networkSets(): NetworkSet[] {
  return setNames()
    .filter((name) => name !== report)
    .flatMap((set) => {
      const { network } = readSet(set);
      return network === undefined ? [] : [{ set, ...network }];
    });
}

function readSet(name: string): CaseSet {
  return v.parse(caseSetSchema, JSON.parse(readFileSync(new URL(`${name}.json`, folder), "utf8")));
}
