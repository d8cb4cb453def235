// Bundles every island and the style sheet into dist/, which the server embeds.
//
// Names stay the same from build to build, so that a template can name its script;
// manifest.json gives the hash of each file's bytes for `?v=` and for caching for ever.
// A file is written only when its bytes differ, so that an unchanged bundle does not make
// Cargo build the server again.
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

const here = dirname(fileURLToPath(import.meta.url));
const destination = join(here, "dist");

// A file whose name begins with an underscore is used by islands and is none itself; a
// service worker is bundled like an island and served from the root by the server.
const islands = filesIn("islands", ".ts").filter(
  (name) => !name.startsWith("_") && !name.endsWith(".test.ts") && !name.endsWith(".d.ts"),
);
const entries = islands.map((name) => join(here, "islands", name));
const styles = join(here, "styles", "evenkeel.css");
if (existsSync(styles)) entries.push(styles);

const outputs = new Map();
if (entries.length > 0) {
  const result = await build({
    entryPoints: entries,
    bundle: true,
    minify: true,
    format: "esm",
    target: ["es2022", "chrome110", "firefox115", "safari16.4"],
    entryNames: "[name]",
    assetNames: "[name]",
    loader: { ".svg": "file", ".woff2": "file", ".png": "file" },
    charset: "utf8",
    legalComments: "inline",
    outdir: destination,
    write: false,
    logLevel: "warning",
  });
  for (const file of result.outputFiles) outputs.set(basename(file.path), Buffer.from(file.contents));
}
// What needs no bundling (icons, the web manifest) is copied as it stands.
for (const name of filesIn("static", "")) outputs.set(name, readFileSync(join(here, "static", name)));

const manifest = {};
for (const name of [...outputs.keys()].sort()) {
  manifest[name] = createHash("sha256").update(outputs.get(name)).digest("hex").slice(0, 16);
}
outputs.set("manifest.json", Buffer.from(`${JSON.stringify(manifest, null, 2)}\n`));

mkdirSync(destination, { recursive: true });
for (const stale of readdirSync(destination)) {
  if (stale !== ".keep" && !outputs.has(stale)) rmSync(join(destination, stale), { recursive: true });
}
let written = 0;
for (const [name, bytes] of outputs) {
  const path = join(destination, name);
  if (existsSync(path) && readFileSync(path).equals(bytes)) continue;
  writeFileSync(path, bytes);
  written += 1;
}
const size = [...outputs.values()].reduce((sum, bytes) => sum + bytes.length, 0);
console.log(
  `browser/dist: ${outputs.size} files, ${(size / 1024).toFixed(1)} kB (${written} changed since the last bundle)`,
);

function filesIn(folder, ending) {
  const path = join(here, folder);
  if (!existsSync(path)) return [];
  return readdirSync(path, { withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith(ending))
    .map((entry) => entry.name)
    .sort();
}
