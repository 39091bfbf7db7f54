// Not run by itself: the tests of the scripts run it and count its results.
import { expect, it } from "vitest";

it("passes", () => expect(1).toBe(1));
it("passes as well", () => expect(2).toBe(2));
it("fails", () => expect(1).toBe(2));
it("is skipped", { skip: true }, () => expect(1).toBe(2));
it.todo("is to be written");
