// Not run by itself: a test file that fails before it declares a test.
import { it } from "vitest";

it("is never declared, for the line below throws", () => {});
throw new Error("outside the tests");
