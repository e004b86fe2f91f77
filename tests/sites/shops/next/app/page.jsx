import { getServerSession } from "next-auth";
import { cart } from "./actions.js";
import Forms from "./forms.jsx";
import { options } from "./options.js";

export const dynamic = "force-dynamic";

export default async function Page() {
  const session = await getServerSession(options);
  return (
    <>
      <h1>Teapots</h1>
      <p>Welcome, <span id="visitor">{session?.user.name ?? "a guest"}</span></p>
      <p>Your cart: <span id="cart">{(await cart()).join(", ")}</span></p>
      <Forms />
    </>
  );
}
