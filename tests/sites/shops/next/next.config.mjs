import path from "node:path";

// The packages are one folder up.
export default { turbopack: { root: path.join(import.meta.dirname, "..") } };
