/** Whether tests are run that take minutes and seldom find what others do not: `.ci/run` does, `npm test` does not. */
export const whole = process.env.BATCHNORM_TESTS === "all";
