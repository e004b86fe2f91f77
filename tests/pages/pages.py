"""The pages: where each comes from, what a visitor does there, and what the operator declares for it."""

from dataclasses import dataclass

from tests.pages import steps
from tests.pages.sites import admin, api, docs, notebooks, npm
from tests.pages.steps import Steps
from tests.pages.workshop import Site

FONTS = ("fonts.googleapis.com", "fonts.gstatic.com")
CDNS = ("cdn.jsdelivr.net", "cdnjs.cloudflare.com", "code.jquery.com", "netdna.bootstrapcdn.com")
USER = "/admin/login/?next=/admin/auth/user/1/change/"


@dataclass(frozen=True, kw_only=True)
class Page:
    """One page of a site."""

    site: Site
    path: str
    steps: Steps
    least: int
    """Nodes that it has at least: with fewer something was not shown, and little is compared."""

    packages: tuple[str, ...] = ()
    """Python's; sites of npm packages see to theirs themselves."""

    hosts: tuple[str, ...] = ()
    """Third parties, which need consent."""

    keys: tuple[str, ...] = ()
    """Storage that is necessary."""

    varies: str = ""
    """What is random in addresses and in what the page says, as a regular expression."""

    sockets: bool = False
    """Whether it speaks over WebSockets."""

    relies: bool = False
    """Whether what is seen, where, and what scripts say, depends on third parties."""

    awaits: str = ""
    """What is known to differ still, and why."""

    @property
    def name(self) -> str:
        return f"{self.site.__name__}{self.path.partition('?')[0].rstrip('/')}"


QUICK = (
    Page(
        site=api.fastapi_docs,
        path="/docs",
        steps=steps.try_out,
        least=400,
        packages=("fastapi_offline",),
    ),
)
MORE = (
    Page(
        site=docs.material,
        path="/architecture.html",
        steps=steps.read_on,
        least=1500,
        packages=("material",),
        hosts=("chat.example", *FONTS),
        keys=("/.__*",),
    ),
    Page(site=admin.plain_admin, path=USER, steps=steps.edit_user, least=900, keys=("theme", "django.*")),
    Page(
        site=api.fastapi_docs,
        path="/redoc",
        steps=steps.search,
        least=400,
        packages=("fastapi_offline",),
        hosts=("cdn.redoc.ly", *FONTS),
        relies=True,
    ),
    Page(
        site=docs.furo,
        path="/index.html",
        steps=steps.turn_dark,
        least=1500,
        packages=("furo",),
        hosts=CDNS,
        keys=("theme",),
    ),
    Page(
        site=docs.read_the_docs,
        path="/index.html",
        steps=steps.unfold_menu,
        least=1500,
        packages=("sphinx_rtd_theme",),
        hosts=CDNS,
    ),
    Page(
        site=docs.read_the_docs,
        path="/search.html?q=cookie",
        steps=steps.wait_for_hits,
        least=300,
        packages=("sphinx_rtd_theme",),
        hosts=CDNS,
        keys=("sphinx_highlight_*",),
    ),
    Page(
        site=admin.unfold,
        path=USER,
        steps=steps.edit_user,
        least=1000,
        packages=("unfold",),
        keys=("adminTheme", "_x_*"),
    ),
    Page(
        site=admin.jazzmin, path=USER, steps=steps.edit_user, least=1000, packages=("jazzmin",), hosts=FONTS
    ),
    Page(
        site=admin.wagtail,
        path="/cms/login/?next=/cms/pages/2/edit/",
        steps=steps.edit_page,
        least=2000,
        packages=("wagtail",),
        hosts=("www.gravatar.com",),
        keys=("wagtail:*",),
        varies=r"(?<=/ping/wagtailcore/page/2/)\d+",
    ),
    Page(
        site=notebooks.bokeh,
        path="/inline.html",
        steps=steps.show_table,
        least=500,
        packages=("bokeh",),
        varies=r"\d+(?= ms$)",
    ),
    Page(
        site=notebooks.bokeh,
        path="/cdn.html",
        steps=steps.show_table,
        least=500,
        packages=("bokeh",),
        hosts=("cdn.bokeh.org",),
        varies=r"\d+(?= ms$)",
        relies=True,
    ),
    Page(
        site=notebooks.bokeh_server,
        path="/bokeh_server",
        steps=steps.count_on_server,
        least=200,
        packages=("bokeh", "websockets"),
        varies=r"\d+(?= ms$)",
        sockets=True,
    ),
    Page(
        site=notebooks.dash,
        path="/",
        steps=steps.choose_bars,
        least=300,
        packages=("dash",),
        keys=("_dash_persistence.*", "store*"),
        varies=r"(?<=endId=)[\w~-]+",
    ),
    Page(
        site=notebooks.notebook,
        path="/notebook.html",
        steps=steps.see_map,
        least=300,
        packages=("nbconvert", "folium"),
        hosts=CDNS,
        varies="[0-9a-f]{32}",
        relies=True,
    ),
    Page(
        site=notebooks.jupyterlite,
        path="/lab/index.html",
        steps=steps.see_launcher,
        least=1000,
        packages=("jupyterlite_core",),
        keys=("JupyterLite *", "precache"),
    ),
    Page(site=npm.starters, path="/react/", steps=steps.count, least=60),
    Page(site=npm.starters, path="/vue/", steps=steps.count, least=60),
    Page(site=npm.starters, path="/svelte/", steps=steps.count, least=60),
    Page(site=npm.starters, path="/lit/", steps=steps.count, least=100, varies=r"lit\$\d+"),
    Page(
        site=npm.sb_admin,
        path="/index.html",
        steps=steps.open_menu,
        least=800,
        hosts=(*FONTS, "source.unsplash.com"),
    ),
    Page(
        site=npm.sb_admin,
        path="/tables.html",
        steps=steps.filter_rows,
        least=600,
        hosts=(*FONTS, "source.unsplash.com"),
    ),
    Page(
        site=npm.reveal,
        path="/demo.html",
        steps=steps.next_slide,
        least=400,
        hosts=("*.slid.es",),
        relies=True,
    ),
    Page(
        site=npm.techniques,
        path="/editors.html",
        steps=steps.use_editors,
        least=300,
        keys=("tinymce-*",),
    ),
    Page(site=npm.techniques, path="/components.html", steps=steps.count_up, least=100),
    Page(site=npm.techniques, path="/first.html", steps=steps.follow, least=10),
    Page(site=npm.hydrated, path="/today/", steps=steps.count_twice, least=15),
    Page(site=npm.hydrated, path="/before/", steps=steps.count_twice, least=15),
    Page(
        site=npm.starlight,
        path="/configuration/",
        steps=steps.find,
        least=1000,
        keys=("sl-*", "starlight-*"),
        varies=r"(?<=ts=)\d+",
    ),
)
