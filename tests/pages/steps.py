"""What a visitor does on each page, until what came of it can be seen."""

from collections.abc import Awaitable, Callable

from playwright.async_api import Page as Tab

Steps = Callable[[Tab], Awaitable[None]]
"""What a visitor does on a page once it is there."""


async def look(tab: Tab) -> None:
    """Do nothing."""


async def read_on(tab: Tab) -> None:
    await tab.locator(".md-tabs__link", has_text="Configuration").click()
    await tab.wait_for_url("**/configuration.html")
    await tab.locator(".md-search__input").click()
    await tab.locator(".md-search__input").press_sequentially("cookie")
    await tab.locator(".md-search-result__item").first.wait_for()


async def try_out(tab: Tab) -> None:
    await tab.locator(".opblock-get .opblock-summary").click()
    await tab.get_by_role("button", name="Try it out").click()
    await tab.get_by_placeholder("number").fill("7")
    await tab.get_by_role("button", name="Execute").click()
    # It shows the fields of the response, to which a policy was added.
    shown = tab.locator(".live-responses-table .response-col_description > div").nth(1)
    await shown.evaluate("each => each.remove()")


async def search(tab: Tab) -> None:
    await tab.get_by_placeholder("Search...").fill("teas")
    await tab.locator("[data-role='search:results']").wait_for()


async def log_in(tab: Tab) -> None:
    await tab.locator("input[name=username]").fill("ada")
    await tab.locator("input[name=password]").fill("second-flush")
    await tab.locator("input[name=password]").press("Enter")


async def edit_user(tab: Tab) -> None:
    await log_in(tab)
    await tab.locator("#id_groups_to, #id_groups").first.wait_for(state="attached")


async def edit_page(tab: Tab) -> None:
    await log_in(tab)
    await tab.locator("[data-w-unsaved-has-edits-value=false]").wait_for()


async def turn_dark(tab: Tab) -> None:
    await tab.locator(".sidebar-tree a", has_text="asgi").click()
    await tab.wait_for_url("**/asgi.html")
    await tab.locator("button.theme-toggle:visible").first.click()


async def unfold_menu(tab: Tab) -> None:
    await tab.locator(".wy-menu-vertical a", has_text="core").first.click()
    await tab.wait_for_url("**/core.html")
    await tab.locator(".wy-menu-vertical .toctree-expand").first.click()


async def wait_for_hits(tab: Tab) -> None:
    await tab.locator("#search-results li").first.wait_for()


async def show_table(tab: Tab) -> None:
    await tab.locator(".bk-tab", has_text="Table").click()
    await tab.locator(".slick-row").first.wait_for()


async def count_on_server(tab: Tab) -> None:
    await tab.get_by_role("button", name="Count").click()
    await tab.get_by_text("1 clicks").wait_for()
    await tab.get_by_role("button", name="Count").click()
    await tab.get_by_text("2 clicks").wait_for()


async def choose_bars(tab: Tab) -> None:
    await tab.locator("#graph .main-svg").first.wait_for()
    await tab.locator("#kind").click()
    await tab.get_by_role("option", name="bar").click()
    await tab.locator("#graph .barlayer .point").first.wait_for(state="attached")
    await tab.locator(".column-header--sort").first.click()


async def see_map(tab: Tab) -> None:
    await tab.frame_locator("iframe").first.locator(".leaflet-marker-icon").wait_for()


async def see_launcher(tab: Tab) -> None:
    await tab.locator(".jp-Launcher-body").wait_for()


async def count(tab: Tab) -> None:
    await tab.get_by_role("button", name="ount").first.click(click_count=2)


async def open_menu(tab: Tab) -> None:
    await tab.locator("#userDropdown").click()
    await tab.locator(".dropdown-menu.show").first.wait_for()


async def filter_rows(tab: Tab) -> None:
    await tab.locator("#dataTable_filter input").press_sequentially("Tokyo")


async def next_slide(tab: Tab) -> None:
    await tab.keyboard.press("ArrowRight")


async def use_editors(tab: Tab) -> None:
    await tab.frame_locator(".tox-edit-area__iframe").locator("strong").wait_for()
    await tab.locator("#code .view-line").first.wait_for()
    await tab.locator("#code .squiggly-error").first.wait_for()
    await tab.locator(".ql-bold").click()


async def count_up(tab: Tab) -> None:
    await tab.locator("body[data-ready]").wait_for()
    await tab.locator("sl-rating[role], sl-switch").first.wait_for()
    await tab.get_by_role("button", name="Count 0").click()
    await tab.locator("#more").click()


async def count_twice(tab: Tab) -> None:
    await tab.get_by_role("button", name="Count").click()
    await tab.get_by_role("button", name="Count").click()
    await tab.get_by_text("2 clicks").wait_for()


async def follow(tab: Tab) -> None:
    await tab.get_by_role("link", name="Next").click()
    await tab.locator("#second").wait_for()


async def find(tab: Tab) -> None:
    await tab.locator(".sidebar-content a", has_text="onfiguration").click()
    await tab.wait_for_url("**/configuration/")
    await tab.locator("site-search button").first.click()
    await tab.locator("site-search input").press_sequentially("cookie")
    await tab.locator(".pagefind-ui__result").first.wait_for()
