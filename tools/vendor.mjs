// Builds static/vendor from the packages that package-lock.json pins:
//
//     npm ci && node tools/vendor.mjs
//
// The results are committed, so that neither the server nor `make run` needs Node.
import { mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { createHash } from "node:crypto";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import subsetFont from "subset-font";

const OUT = new URL("../static/vendor/", import.meta.url);
const TEST_DATA = new URL("../tests/data/", import.meta.url);
const packageFile = (name) => new URL(`../node_modules/${name}`, import.meta.url);

async function put(name, content, folder = OUT) {
  await writeFile(new URL(name, folder), content);
  const digest = createHash("sha256").update(content).digest("hex").slice(0, 12);
  console.log(`${name.padEnd(34)} ${String(Buffer.byteLength(content)).padStart(8)} bytes  ${digest}`);
}

// htmx and its event-stream extension are ONE file. Loaded as two deferred scripts, a tab now and then
// processed the page between them, and never opened its stream.
async function htmx() {
  const { version } = JSON.parse(await readFile(packageFile("htmx.org/package.json"), "utf8"));
  const core = await readFile(packageFile("htmx.org/dist/htmx.min.js"), "utf8");
  const events = await readFile(packageFile("htmx.org/dist/ext/hx-sse.min.js"), "utf8");
  const withoutMap = (text) => text.replace(/^\/\/# sourceMappingURL=.*$/m, "").trim();
  await put(
    "htmx-sse.js",
    `/* htmx.org ${version} with its hx-sse extension, Zero-Clause BSD: see htmx.LICENSE.txt */\n` +
      `${withoutMap(core)}\n;${withoutMap(events)}\n`,
  );
  await put("htmx.LICENSE.txt", await readFile(packageFile("htmx.org/LICENSE")));
}

// The characters that school and university mathematics uses. The whole font weighs 400 KB, which a
// phone at break should not wait for; sans-serif and typewriter alphabets are most of the rest.
const RANGES = [
  [0x20, 0x7e], [0xa0, 0xff], // ASCII, Latin-1
  [0x131, 0x131], [0x237, 0x237], // dotless i and j, for accents
  [0x2c6, 0x2dc], [0x300, 0x30c], [0x332, 0x333], [0x338, 0x338], [0x203e, 0x203e], [0x20d0, 0x20d7], // accents
  [0x391, 0x3c9], [0x3d1, 0x3d6], [0x3f0, 0x3f5], // Greek
  [0x2010, 0x2027], [0x2030, 0x203a], [0x2044, 0x2044], [0x2057, 0x2057], [0x2061, 0x2064], // dots, primes
  [0x2070, 0x209c], // raised and lowered figures
  [0x2102, 0x2138], // letter-like signs
  [0x2190, 0x21ff], // arrows
  [0x2200, 0x22ff], // operators
  [0x2308, 0x230b], [0x2320, 0x2321], [0x239b, 0x23b9], [0x23d0, 0x23d0], [0x23dc, 0x23e1], // brackets, braces
  [0x25a0, 0x25ff], [0x2660, 0x2667], [0x2713, 0x2717], // squares, triangles, circles
  [0x27e6, 0x27ef], [0x27f5, 0x27ff], // brackets, long arrows
  [0x2a00, 0x2a0c], [0x2a3f, 0x2a3f], [0x2a7d, 0x2a7e], [0x2aaf, 0x2ab0], // big operators, slanted ≤ ≥
  [0xfe00, 0xfe01], // which of two script alphabets is meant
  [0x1d400, 0x1d59f], [0x1d6a4, 0x1d755], [0x1d7ca, 0x1d7e1], // bold, italic, script, blackboard
];

async function mathsFont() {
  const source = await readFile(
    packageFile("@fontsource/stix-two-math/files/stix-two-math-latin-400-normal.woff2"),
  );
  let text = "";
  for (const [first, last] of RANGES) {
    for (let code = first; code <= last; code += 1) text += String.fromCodePoint(code);
  }
  const font = await subsetFont(source, text, {
    targetFormat: "woff2",
    noHinting: true,
    // Script sizes, dotless letters and flat accents; the stylistic sets are left out.
    keepFeatures: ["ssty", "dtls", "flac", "kern", "mark", "mkmk", "ccmp"],
    preserveNameIds: [0, 5, 13, 14],
  });
  // Without this table brackets and roots do not stretch. Other packagings of maths fonts have lost it.
  const plain = await subsetFont(font, text, { targetFormat: "sfnt" });
  if (!plain.subarray(0, 1024).includes("MATH")) throw new Error("the maths font has lost its MATH table");
  await put("stix-two-math.woff2", font);
  await put("stix-two-math.LICENSE.txt", await readFile(packageFile("@fontsource/stix-two-math/LICENSE")));
}

// TipTap with all that it stands on, as one module. Without --external anything: no import, no eval is left.
async function editor() {
  const entry = fileURLToPath(new URL("editor.mjs", import.meta.url));
  const { outputFiles, metafile } = await build({
    entryPoints: [entry],
    bundle: true,
    format: "esm",
    target: "es2022",
    minify: true,
    legalComments: "none",
    metafile: true,
    write: false,
  });
  const names = new Set(
    Object.keys(metafile.inputs).flatMap((path) => path.match(/node_modules\/((?:@[^/]+\/)?[^/]+)/)?.[1] ?? []),
  );
  const packages = [];
  for (const name of [...names].sort()) packages.push(await licence(name));
  const { version } = JSON.parse(await readFile(packageFile("@tiptap/core/package.json"), "utf8"));
  await put(
    "tiptap.js",
    `/* TipTap ${version}, ProseMirror and marked, MIT: see tiptap.LICENSE.txt */\n${outputFiles[0].text}`,
  );
  await put("tiptap.LICENSE.txt", packages.join(`\n${"-".repeat(80)}\n\n`));
}

async function licence(name) {
  const about = JSON.parse(await readFile(packageFile(`${name}/package.json`), "utf8"));
  if (about.license !== "MIT") throw new Error(`${name} is under ${about.license}: may it be shipped?`);
  for (const file of ["LICENSE", "LICENSE.md", "license", "LICENSE.txt"]) {
    const text = await readFile(packageFile(`${name}/${file}`), "utf8").catch(() => null);
    if (text) return `${name} ${about.version}\n\n${text.trim()}\n`;
  }
  // TipTap's packages carry the licence in their core alone.
  return `${name} ${about.version}: MIT licence, as given in its package.json\n`;
}

// Not shipped: the accessibility rules that the browser tests put to the open editor.
async function axe() {
  const { version } = JSON.parse(await readFile(packageFile("axe-core/package.json"), "utf8"));
  const code = await readFile(packageFile("axe-core/axe.min.js"), "utf8");
  await put("axe.min.js", `/* axe-core ${version}, MPL-2.0: see axe.LICENSE.txt */\n${code}`, TEST_DATA);
  await put("axe.LICENSE.txt", await readFile(packageFile("axe-core/LICENSE")), TEST_DATA);
}

await rm(OUT, { recursive: true, force: true });
await mkdir(OUT, { recursive: true });
await htmx();
await mathsFont();
await editor();
await axe();
