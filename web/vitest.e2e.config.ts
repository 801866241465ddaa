import base from "./vite.config.ts";

export default {
  ...base,
  test: {
    include: ["e2e/**/*.e2e.ts"],
    environment: "node",
    // One browser and one server at a time: the machine has two cores.
    fileParallelism: false,
    testTimeout: 60_000,
    hookTimeout: 60_000,
  },
};
