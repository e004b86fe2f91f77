// Koa: koa-session in the cookie, signed, and koa-csrf.
import { readFileSync } from "node:fs";
import Koa from "koa";
import bodyParser from "koa-bodyparser";
import CSRF from "koa-csrf";
import session from "koa-session";

const page = readFileSync(new URL("../shop.html", import.meta.url), "utf8");
const passwords = { ada: "second-flush" };

const actions = {
  "/login"({ session, request: { body } }) {
    if (passwords[body.username] === body.password) session.user = body.username;
  },
  "/review"({ session, request: { body } }) {
    session.message = `Thank you for ${body.review.length} letters`;
  },
  "/cart"({ session, request: { body } }) {
    session.cart = [...(session.cart ?? []), body.item];
  },
  "/checkout"({ session }) {
    session.message = session.user ? `Ordered: ${session.cart.join(", ")}` : "Log in first";
    if (session.user) delete session.cart;
  },
  "/logout"(context) {
    context.session = null;
  },
};

const app = new Koa();
app.keys = ["a key for tests alone"];
app.use(session(app));
app.use(bodyParser());
app.use(new CSRF());
app.use((context) => {
  if (context.method === "POST") {
    actions[context.path](context);
    context.redirect("/");
    return;
  }
  const { user = "a guest", message = "", cart = [] } = context.session;
  delete context.session.message;
  for (const name of ["_ga", "_fbp", "visitor_id"]) {
    context.cookies.set(name, "1.2", { maxAge: 63072000000, signed: false });
  }
  context.type = "html";
  context.body = page
    .replaceAll("@token@", `<input type="hidden" name="_csrf" value="${context.state._csrf}">`)
    .replace("@visitor@", user)
    .replace("@message@", message)
    .replace("@cart@", cart.join(", "));
});
app.listen(Number(process.argv[2]), "127.0.0.1");
