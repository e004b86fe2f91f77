"use client";

import { signIn, signOut } from "next-auth/react";
import { useActionState } from "react";
import { act } from "./actions.js";

export default function Forms() {
  const [message, send] = useActionState(act, "");
  const logIn = (data) => signIn("credentials", Object.fromEntries(data));
  return (
    <>
      <p id="message">{message}</p>
      <form action={logIn}>
        <label>Username <input name="username" /></label>
        <label>Password <input name="password" type="password" /></label>
        <button>Log in</button>
      </form>
      <form action={send}>
        <input type="hidden" name="action" value="review" />
        <label>Review <textarea name="review" /></label>
        <button>Publish</button>
      </form>
      <form action={send}>
        <input type="hidden" name="action" value="cart" />
        <label>Tea <select name="item"><option>teapot</option><option>cup</option></select></label>
        <button>Add</button>
      </form>
      <form action={send}>
        <input type="hidden" name="action" value="checkout" />
        <label>Address <input name="address" /></label>
        <button>Order</button>
      </form>
      <button onClick={() => signOut()}>Log out</button>
    </>
  );
}
