import { existsSync, mkdirSync, readdirSync, utimesSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { temporaryFolder } from "@batchnorm/testing/folder";
import { describe, expect, it } from "vitest";
import { putInPlace, withOwnFolder } from "../src/own-folder.js";

/** Makes a folder with one file in it, and puts it in its place. */
const makeAt = (place: string, name: string, works = async () => false) =>
  withOwnFolder(place, async (own) => {
    mkdirSync(join(own, "made"));
    writeFileSync(join(own, "made", name), "");
    await putInPlace(join(own, "made"), place, works);
  });

describe("making a folder as a whole", () => {
  it("puts it in its place and leaves nothing else", async () => {
    const parent = temporaryFolder();
    await makeAt(join(parent, "deep", "place"), "new");
    expect(readdirSync(join(parent, "deep"), { recursive: true }).sort()).toEqual(["place", "place/new"]);
  });

  it("keeps what another has put there meanwhile, and replaces what does not work", async () => {
    const parent = temporaryFolder();
    const place = join(parent, "place");
    await makeAt(place, "first");
    await makeAt(place, "second", async () => true);
    expect(readdirSync(place)).toEqual(["first"]);
    await makeAt(place, "third");
    expect(readdirSync(place)).toEqual(["third"]);
    expect(readdirSync(parent)).toEqual(["place"]);
  });

  it("leaves nothing where making it fails", async () => {
    const parent = temporaryFolder();
    const failing = withOwnFolder(join(parent, "place"), async (own) => {
      writeFileSync(join(own, "half"), "");
      throw new Error("no more");
    });
    await expect(failing).rejects.toThrow("no more");
    expect(readdirSync(parent)).toEqual([]);
  });

  it("removes what was left days ago, and nothing newer", async () => {
    const parent = temporaryFolder();
    for (const name of ["place.part-old", "place.part-new"]) mkdirSync(join(parent, name));
    utimesSync(join(parent, "place.part-old"), 1e9, 1e9);
    await makeAt(join(parent, "place"), "new");
    expect(existsSync(join(parent, "place.part-old"))).toBe(false);
    expect(existsSync(join(parent, "place.part-new"))).toBe(true);
  });
});
