"""Sites made of packages of the npm registry."""

import shutil
from pathlib import Path

from tests.pages.sites.docs import DOCS
from tests.pages.workshop import Workshop

STARTERS = ("react", "vue", "svelte", "lit")

ASTRO = """
import { defineConfig } from "astro/config";
import starlight from "@astrojs/starlight";
export default defineConfig({
  integrations: [starlight({ title: "Assent", sidebar: ["configuration", "deployment", "middleware"] })],
  image: { service: { entrypoint: "astro/assets/services/noop" } },
  experimental: { clientPrerender: true },
  prefetch: { prefetchAll: true },
});
"""
CONTENT = """
import { defineCollection } from "astro:content";
import { docsLoader } from "@astrojs/starlight/loaders";
import { docsSchema } from "@astrojs/starlight/schema";
export const collections = { docs: defineCollection({ loader: docsLoader(), schema: docsSchema() }) };
"""

CLIENT = """
import { hydrateRoot } from "react-dom/client";
import Page from "./document.jsx";
hydrateRoot(document, <Page />, { onRecoverableError: ({ message }) => console.warn(message) });
"""
SERVER = """
import { writeFileSync } from "node:fs";
import { renderToString } from "react-dom/server";
import Page from "./document.jsx";
writeFileSync(process.argv[2], "<!DOCTYPE html>" + renderToString(<Page />));
"""
REACTS = {"today": (), "before": ("--alias:react=react-18", "--alias:react-dom=react-dom-18")}

TURBO = """<!DOCTYPE html>
<html lang="en"><head><title>{name}</title>
<script src="/npm/@hotwired/turbo/dist/turbo.es2017-umd.js"></script></head>
<body><h1 id="{name}">The {name} page</h1><a href="/second.html">Next</a></body></html>
"""


def starters(workshop: Workshop, folder: Path) -> str:
    """What create-vite starts a project with, built: React, Vue, Svelte and web components with Lit."""
    modules = workshop.node_modules()
    built: dict[str, Path] = {}
    for name in STARTERS:
        # Next to the packages, where imports find them.
        project = modules.parent / name
        shutil.copytree(modules / "create-vite" / f"template-{name}", project)
        build = ("build", "--base", "./", "--outDir", str(folder / name), "--logLevel", "error")
        workshop.run(str(modules / ".bin/vite"), *build, cwd=project)
        built[name] = folder / name
    return workshop.serve_files(built)


def sb_admin(workshop: Workshop, folder: Path) -> str:
    """SB Admin 2: Bootstrap, jQuery and its plugins, charts on canvas, fonts and pictures from elsewhere."""
    return workshop.serve_files({"": workshop.node_modules() / "startbootstrap-sb-admin-2"})


def reveal(workshop: Workshop, folder: Path) -> str:
    """The slides that reveal.js comes with: transforms, background videos, mathematics, frames."""
    return workshop.serve_files({"": workshop.node_modules() / "reveal.js"})


def techniques(workshop: Workshop, folder: Path) -> str:
    """Pages of ours for what the others leave out: editors in frames, import maps, Turbo, and so on."""
    for name in ("editors.html", "components.html"):
        shutil.copy(Path(__file__).with_name(name), folder)
    (folder / "framed.html").write_text(
        "<p>Framed</p><script>parent.document.body.dataset.framed = 1</script>"
    )
    (folder / "written.js").write_text("document.getElementById('written').append(', and run');")
    for name in ("first", "second"):
        (folder / f"{name}.html").write_text(TURBO.format(name=name))
    return workshop.serve_files({"npm": workshop.node_modules(), "": folder})


def hydrated(workshop: Workshop, folder: Path) -> str:
    """A document that React hydrates as a whole, by the release of today and the one before."""
    modules = workshop.node_modules()
    project = modules.parent / "hydrated"
    project.mkdir()
    shutil.copy(Path(__file__).with_name("document.jsx"), project)
    (project / "client.jsx").write_text(CLIENT)
    (project / "server.jsx").write_text(SERVER)
    for name, aliases in REACTS.items():
        bundle = (str(modules / ".bin/esbuild"), "--bundle", "--jsx=automatic", *aliases)
        define = '--define:process.env.NODE_ENV="production"'
        workshop.run(*bundle, define, "client.jsx", f"--outfile={folder / name / 'client.js'}", cwd=project)
        server = project / f"{name}.cjs"
        workshop.run(*bundle, "--platform=node", "server.jsx", f"--outfile={server}", cwd=project)
        workshop.run("node", str(server), str(folder / name / "index.html"), cwd=project)
    return workshop.serve_files({name: folder / name for name in REACTS})


def starlight(workshop: Workshop, folder: Path) -> str:
    """Astro with Starlight: custom elements, speculation rules, search by WebAssembly in a worker."""
    modules = workshop.node_modules()
    project = modules.parent / "starlight"
    pages = project / "src/content/docs"
    pages.mkdir(parents=True)
    (project / "package.json").write_text('{"type": "module"}')
    (project / "astro.config.mjs").write_text(ASTRO)
    (project / "src/content.config.ts").write_text(CONTENT)
    for page in DOCS.glob("*.md"):
        title, _, text = page.read_text().partition("\n")
        name = "index" if page.stem == "architecture" else page.stem
        (pages / f"{name}.md").write_text(f"---\ntitle: {title.lstrip('# ')}\n---\n{text}")
    workshop.run(str(modules / ".bin/astro"), "build", "--outDir", str(folder / "out"), cwd=project)
    return workshop.serve_files({"": folder / "out"})
