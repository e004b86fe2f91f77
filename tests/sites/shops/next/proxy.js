import { NextResponse } from "next/server";

export function proxy() {
  const response = NextResponse.next();
  for (const name of ["_ga", "_fbp", "visitor_id"]) response.cookies.set(name, "1.2", { maxAge: 63072000 });
  return response;
}

export const config = { matcher: "/" };
