/** Whether the engines are asked: `.ci/run` does, and `BATCHNORM_TESTS=all npx vitest run` here; `npm test` does not. */
export const whole = process.env.BATCHNORM_TESTS === "all";
