// Express: express-session, Passport with a local strategy, csrf-csrf, all as their own pages show them.
import { readFileSync } from "node:fs";
import cookieParser from "cookie-parser";
import { doubleCsrf } from "csrf-csrf";
import express from "express";
import session from "express-session";
import passport from "passport";
import { Strategy } from "passport-local";

const page = readFileSync(new URL("../shop.html", import.meta.url), "utf8");
const passwords = { ada: "second-flush" };

passport.use(
  new Strategy((name, password, done) => done(null, passwords[name] === password ? { name } : false)),
);
passport.serializeUser((user, done) => done(null, user.name));
passport.deserializeUser((name, done) => done(null, { name }));

const { generateCsrfToken, doubleCsrfProtection } = doubleCsrf({
  getSecret: () => "a key for tests alone",
  getSessionIdentifier: (request) => request.session.id,
  getCsrfTokenFromRequest: (request) => request.body._csrf,
});

const app = express();
app.use(express.urlencoded());
app.use(cookieParser());
app.use(session({ secret: "another key for tests alone", resave: false, saveUninitialized: true }));
app.use(passport.session());
app.use(doubleCsrfProtection);

app.get("/", (request, response) => {
  const { cart = [], message = "" } = request.session;
  delete request.session.message;
  for (const name of ["_ga", "_fbp", "visitor_id"]) response.cookie(name, "1.2", { maxAge: 63072000000 });
  const token = generateCsrfToken(request, response);
  response.send(
    page
      .replaceAll("@token@", `<input type="hidden" name="_csrf" value="${token}">`)
      .replace("@visitor@", request.user?.name ?? "a guest")
      .replace("@message@", message)
      .replace("@cart@", cart.join(", ")),
  );
});
app.post("/login", passport.authenticate("local", { successRedirect: "/", failureRedirect: "/" }));
app.post("/review", (request, response) => {
  request.session.message = `Thank you for ${request.body.review.length} letters`;
  response.redirect(303, "/");
});
app.post("/cart", (request, response) => {
  request.session.cart = [...(request.session.cart ?? []), request.body.item];
  response.redirect(303, "/");
});
app.post("/checkout", (request, response) => {
  request.session.message = request.user ? `Ordered: ${request.session.cart.join(", ")}` : "Log in first";
  if (request.user) delete request.session.cart;
  response.redirect(303, "/");
});
app.post("/logout", (request, response, next) =>
  request.logout((error) => (error ? next(error) : response.redirect(303, "/"))),
);
app.listen(Number(process.argv[2]), "127.0.0.1");
