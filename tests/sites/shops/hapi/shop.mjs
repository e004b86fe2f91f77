// Hapi: @hapi/yar for sessions and notices, @hapi/crumb for forms.
import { readFileSync } from "node:fs";
import Crumb from "@hapi/crumb";
import Hapi from "@hapi/hapi";
import Yar from "@hapi/yar";

const page = readFileSync(new URL("../shop.html", import.meta.url), "utf8");
const passwords = { ada: "second-flush" };

const server = Hapi.server({ port: Number(process.argv[2]), host: "127.0.0.1" });
// Both are Secure by default, which takes https all the way; their documentation switches that off for http.
const cookieOptions = { isSecure: false };
await server.register([
  {
    plugin: Yar,
    options: { cookieOptions: { ...cookieOptions, password: "a key for tests alone, and a long one" } },
  },
  { plugin: Crumb, options: { cookieOptions } },
]);

const form = (path, action) =>
  server.route({
    method: "POST",
    path,
    handler({ yar, payload }, h) {
      action(yar, payload);
      return h.redirect("/");
    },
  });
server.route({
  method: "GET",
  path: "/",
  handler({ yar, plugins }, h) {
    const response = h.response(
      page
        .replaceAll("@token@", `<input type="hidden" name="crumb" value="${plugins.crumb}">`)
        .replace("@visitor@", yar.get("user") ?? "a guest")
        .replace("@message@", yar.flash("message").join(""))
        .replace("@cart@", (yar.get("cart") ?? []).join(", ")),
    );
    for (const name of ["_ga", "_fbp", "visitor_id"]) {
      response.state(name, "1.2", { ttl: 63072000000, isSecure: false, path: "/" });
    }
    return response;
  },
});
form("/login", (yar, { username, password }) => {
  if (passwords[username] === password) yar.set("user", username);
});
form("/review", (yar, { review }) => yar.flash("message", `Thank you for ${review.length} letters`));
form("/cart", (yar, { item }) => yar.set("cart", [...(yar.get("cart") ?? []), item]));
form("/checkout", (yar) => {
  const known = yar.get("user");
  yar.flash("message", known ? `Ordered: ${yar.get("cart").join(", ")}` : "Log in first");
  if (known) yar.clear("cart");
});
form("/logout", (yar) => yar.reset());
await server.start();
