import httpx2
import pytest

from tests.demo.conftest import Visitor, set_cookies


def test_the_right_password_logs_in_and_the_account_shows_the_name(visitor: Visitor) -> None:
    response = visitor.log_in()
    assert (response.status_code, response.headers["location"]) == (303, "/account")
    assert "Good to see you, Ada." in visitor.open("/account").text


def test_a_wrong_password_says_so_and_keeps_the_visitor_out(visitor: Visitor) -> None:
    response = visitor.log_in("first-flush")
    assert response.status_code == 422
    assert "do not belong together" in response.text
    assert visitor.open("/account").url.path == "/login"


def test_an_address_that_was_typed_comes_back_escaped(visitor: Visitor) -> None:
    response = visitor.submit(visitor.open("/login"), "/login", email='"><script>', password="x")
    assert 'value="&#34;&gt;&lt;script&gt;"' in response.text


def test_a_log_in_changes_the_session_id_and_keeps_the_basket(visitor: Visitor) -> None:
    visitor.submit(visitor.open("/teas/white"), "/basket/add")
    before = visitor.client.cookies["shop_session"]
    response = visitor.log_in()
    assert set_cookies(response) == {"shop_session": "httponly; path=/; samesite=lax"}
    assert visitor.client.cookies["shop_session"] != before
    assert "Quiet Snow White" in visitor.open("/basket").text


def test_who_is_logged_in_gets_the_account_instead_of_the_log_in_form(visitor: Visitor) -> None:
    visitor.log_in()
    assert visitor.open("/login").url.path == "/account"


def test_a_planted_session_id_is_never_adopted(client: httpx2.Client) -> None:
    response = client.get("/", headers={"cookie": "shop_session=planted"})
    assert "shop_session" in set_cookies(response)
    assert response.cookies["shop_session"] != "planted"


def test_a_log_out_deletes_the_cookie_and_the_session_behind_it(visitor: Visitor, shop: str) -> None:
    visitor.log_in()
    old = visitor.client.cookies["shop_session"]
    response = visitor.submit(visitor.open("/account"), "/logout")
    assert response.status_code == 303
    assert "max-age=0" in set_cookies(response)["shop_session"]
    assert "shop_session" not in visitor.client.cookies
    replayed = httpx2.get(
        f"{shop}/account", headers={"cookie": f"shop_session={old}"}, verify=False, timeout=60
    )
    assert (replayed.status_code, replayed.headers["location"]) == (303, "/login")


@pytest.mark.parametrize("path", ["/login", "/logout", "/basket/add", "/basket/remove", "/newsletter"])
@pytest.mark.parametrize(
    ("cookie", "token", "says"),
    [
        pytest.param("shop_csrf=right", "wrong", "did not come from this shop", id="another-token"),
        pytest.param("shop_csrf=right", "", "did not come from this shop", id="no-token"),
        pytest.param("shop_csrf=right", "ünïcode", "did not come from this shop", id="non-ascii-token"),
        pytest.param("other=1", "", "sent no shop_csrf cookie", id="no-cookie"),
    ],
)
def test_a_form_without_the_token_of_the_cookie_is_refused(
    client: httpx2.Client, path: str, cookie: str, token: str, says: str
) -> None:
    response = client.post(path, data={"csrf": token, "tea": "white"}, headers={"cookie": cookie})
    assert response.status_code == 403
    assert says in response.text


def test_a_forged_form_changes_nothing(visitor: Visitor) -> None:
    visitor.open("/")
    visitor.client.post("/basket/add", data={"csrf": "guessed", "tea": "white"})
    assert "Nothing in it yet." in visitor.open("/basket").text


@pytest.mark.parametrize(
    ("page", "back"), [("/", "/#teas"), ("/teas/darjeeling", "/teas/darjeeling")], ids=["home", "tea-page"]
)
def test_adding_a_tea_leads_back_to_its_page_and_says_so_once(visitor: Visitor, page: str, back: str) -> None:
    response = visitor.submit(visitor.open(page), "/basket/add")
    assert (response.status_code, response.headers["location"]) == (303, back)
    assert "First Flush Darjeeling is in your basket." in visitor.open(page).text
    assert "is in your basket." not in visitor.open(page).text


def test_the_basket_counts_adds_up_and_gives_back(visitor: Visitor) -> None:
    tea = visitor.open("/teas/darjeeling")
    visitor.submit(tea, "/basket/add")
    visitor.submit(tea, "/basket/add")
    basket = visitor.open("/basket")
    assert "2 \N{MULTIPLICATION SIGN} 100 g" in basket.text
    assert "<b>€29.00</b>" in basket.text
    visitor.submit(basket, "/basket/add")
    basket = visitor.open("/basket")
    assert "<b>€41.80</b>" in basket.text
    visitor.submit(basket, "/basket/remove")
    assert "<b>€12.80</b>" in visitor.open("/basket").text


def test_a_basket_is_its_visitors_own(visitor: Visitor, shop: str) -> None:
    visitor.submit(visitor.open("/teas/white"), "/basket/add")
    assert "Nothing in it yet." in httpx2.get(f"{shop}/basket", verify=False, timeout=60).text


def test_a_redirect_never_leaves_the_shop_whatever_the_form_says(visitor: Visitor) -> None:
    page = visitor.open("/teas/white")
    response = visitor.submit(page, "/basket/add", **{"from": "//evil.example"})
    assert response.headers["location"] == "/teas/white"


def test_a_tea_that_is_not_sold_is_refused(visitor: Visitor) -> None:
    response = visitor.submit(visitor.open("/teas/white"), "/basket/add", tea="coffee")
    assert response.status_code == 400
    assert "no such tea" in response.text


def test_a_subscription_is_thanked_for(visitor: Visitor) -> None:
    response = visitor.submit(visitor.open("/"), "/newsletter", email="ada@example.org")
    assert (response.status_code, response.headers["location"]) == (303, "/newsletter")
    assert "The next letter would go to ada@example.org." in visitor.open("/newsletter").text


@pytest.mark.parametrize("email", ["", "ada", "@example.org", "ada@", "a da@example.org"])
def test_what_is_no_address_is_refused_in_words(visitor: Visitor, email: str) -> None:
    response = visitor.submit(visitor.open("/newsletter"), "/newsletter", email=email)
    assert response.status_code == 422
    assert "does not look like an e-mail address" in response.text


@pytest.mark.parametrize(
    ("body", "status"),
    [
        pytest.param(b"csrf=" + b"x" * 20_000, 413, id="too-large"),
        pytest.param(b"&".join(b"a=1" for _ in range(30)), 400, id="too-many-fields"),
        pytest.param(b"csrf=\xff\xfe", 400, id="not-utf-8"),
    ],
)
def test_a_body_that_is_no_form_of_this_shop_is_refused(
    client: httpx2.Client, body: bytes, status: int
) -> None:
    headers = {"content-type": "application/x-www-form-urlencoded"}
    assert client.post("/newsletter", content=body, headers=headers).status_code == status
