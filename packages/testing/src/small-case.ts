/** A benchmark case that takes no time. */
export const smallCase = {
  name: "small",
  set: "test",
  times: 1,
  about: "a test",
  shape: [6, 3, 4, 5],
  layout: "channels-first" as const,
  dtype: "float32" as const,
  quick: false,
};
