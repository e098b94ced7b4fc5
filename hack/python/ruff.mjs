// Lints Python files with ruff and checks their format; writes nothing unless --fix is given.
// Usage: node ruff.mjs MODULES_FOLDER SETTINGS_JSON [--fix] FILE...
// SETTINGS_JSON is the [tool.ruff] table of pyproject.toml. Exits 1 when something was found.
import { readFileSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { resolve } from "node:path";

const [modules, settings, ...rest] = process.argv.slice(2);
const fix = rest[0] === "--fix";
const files = fix ? rest.slice(1) : rest;

const require = createRequire(resolve(modules, "package.json"));
const { PositionEncoding, Workspace } = require("@astral-sh/ruff-wasm-nodejs");

const { "extend-exclude": _, ...options } = JSON.parse(settings);
const workspace = new Workspace(options, PositionEncoding.Utf32);

let found = 0;
for (const file of files) {
  const source = readFileSync(file, "utf8");
  for (const { code, message, start_location: at } of workspace.check(source)) {
    console.log(`${file}:${at.row}:${at.column}: ${code ?? "syntax"} ${message}`);
    found++;
  }
  const formatted = workspace.format(source);
  if (formatted !== source) {
    if (fix) {
      writeFileSync(file, formatted);
      console.log(`${file}: formatted`);
    } else {
      console.log(`${file}: not formatted (make format-python)`);
      found++;
    }
  }
}
console.log(`ruff ${Workspace.version()}: ${files.length} files, ${found} findings`);
process.exit(found === 0 ? 0 : 1);
