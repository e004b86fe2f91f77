"use server";

import { revalidatePath } from "next/cache";
import { getServerSession } from "next-auth";
import { options } from "./options.js";

const carts = (globalThis.carts ??= new Map());

export async function cart() {
  const session = await getServerSession(options);
  return carts.get(session?.user.name) ?? [];
}

export async function act(_, data) {
  const name = (await getServerSession(options))?.user.name;
  switch (data.get("action")) {
    case "review":
      return `Thank you for ${data.get("review").length} letters`;
    case "cart":
      carts.set(name, [...(carts.get(name) ?? []), data.get("item")]);
      revalidatePath("/");
      return "";
    case "checkout": {
      if (!name) return "Log in first";
      const items = carts.get(name);
      carts.delete(name);
      revalidatePath("/");
      return `Ordered: ${items.join(", ")}`;
    }
  }
}
