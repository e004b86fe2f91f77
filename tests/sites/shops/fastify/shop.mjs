// Fastify: @fastify/session, and @fastify/csrf-protection with its secret in a cookie of its own.
import { readFileSync } from "node:fs";
import cookie from "@fastify/cookie";
import csrf from "@fastify/csrf-protection";
import formbody from "@fastify/formbody";
import session from "@fastify/session";
import Fastify from "fastify";

const page = readFileSync(new URL("../shop.html", import.meta.url), "utf8");
const passwords = { ada: "second-flush" };

const app = Fastify();
await app.register(formbody);
await app.register(cookie);
// Secure by default, which takes https all the way; its documentation switches that off for http.
await app.register(session, { secret: "a key for tests alone, and a long one", cookie: { secure: false } });
await app.register(csrf);

app.get("/", (request, reply) => {
  const { user = "a guest", message = "", cart = [] } = request.session;
  request.session.message = "";
  for (const name of ["_ga", "_fbp", "visitor_id"]) reply.setCookie(name, "1.2", { maxAge: 63072000 });
  return reply.type("text/html").send(
    page
      .replaceAll("@token@", `<input type="hidden" name="_csrf" value="${reply.generateCsrf()}">`)
      .replace("@visitor@", user)
      .replace("@message@", message)
      .replace("@cart@", cart.join(", ")),
  );
});

const form = (path, action) =>
  app.post(path, { preHandler: app.csrfProtection }, async (request, reply) => {
    await action(request.session, request.body);
    return reply.redirect("/", 303);
  });
form("/login", (session, body) => {
  if (passwords[body.username] === body.password) session.user = body.username;
});
form("/review", (session, body) => {
  session.message = `Thank you for ${body.review.length} letters`;
});
form("/cart", (session, body) => {
  session.cart = [...(session.cart ?? []), body.item];
});
form("/checkout", (session) => {
  session.message = session.user ? `Ordered: ${session.cart.join(", ")}` : "Log in first";
  if (session.user) session.cart = [];
});
form("/logout", (session) => session.destroy());
await app.listen({ port: Number(process.argv[2]), host: "127.0.0.1" });
