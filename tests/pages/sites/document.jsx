// A page whose whole document React renders on the server and takes over in the browser.
import { useState } from "react";

export default function Page() {
  const [count, setCount] = useState(0);
  return (
    <html lang="en">
      <head>
        <meta charSet="utf-8" />
        <title>Hydrated</title>
      </head>
      <body>
        <main>
          <p>{count} clicks</p>
          <button onClick={() => setCount(count + 1)}>Count</button>
        </main>
        <script src="client.js" async />
      </body>
    </html>
  );
}
