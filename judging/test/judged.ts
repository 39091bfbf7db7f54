import { allChecks, boundsOf, goalsOf, Measured, unsupportedOf } from "@batchnorm/conformance";
import { conformance } from "@batchnorm/conformance/vitest";
import type { Component } from "@batchnorm/optional-components";
import { describeWith } from "@batchnorm/testing/describe-with";
import { whole } from "@batchnorm/testing/whole";
import { describe, expect, it } from "vitest";
import { backends } from "../backends.mjs";

/** Declares the whole suite for a backend, by its own bounds. One to a file: each has a process of its own then. */
export async function judged(name: string): Promise<void> {
  const backend = backends.find((one) => one.name === name);
  if (backend === undefined) throw new Error(`no backend is called ${name}`);
  const { component, open } = backend;
  if (component !== undefined && !(await isPresent(component, name))) return;
  const measured = new Measured();
  const [bounds, unsupported] = [boundsOf(name), unsupportedOf(name)];
  const checks = (await allChecks()).filter(({ large }) => whole || !large);
  conformance(`the ${name} backend`, open, { bounds, unsupported, checks, observe: measured.observe });

  describe(`the bounds of the ${name} backend`, () => {
    it.runIf(whole)(
      "hold everything that was just measured, none is more than twice the worst or beyond a goal",
      () => {
        expect(measured.faults(bounds, goalsOf(name))).toEqual([]);
      },
    );
  });
}

async function isPresent(component: Component, name: string): Promise<boolean> {
  await describeWith(component, `the ${name} backend`, (use) => {
    it("has what it needs", () => expect(use().version).toMatch(/^\d+\./));
  });
  return (await component.probe()).present;
}
