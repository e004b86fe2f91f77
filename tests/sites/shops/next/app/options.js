import CredentialsProvider from "next-auth/providers/credentials";

// Addresses are those that the visitor sees, whoever stands in front.
process.env.AUTH_TRUST_HOST = "1";
const passwords = { ada: "second-flush" };

export const options = {
  secret: "a key for tests alone",
  providers: [
    CredentialsProvider({
      credentials: { username: {}, password: { type: "password" } },
      authorize: ({ username, password }) =>
        passwords[username] === password ? { id: username, name: username } : null,
    }),
  ],
};
