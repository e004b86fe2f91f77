import Script from "next/script";

export default function Layout({ children }) {
  return (
    <html lang="en">
      <head>
        <script dangerouslySetInnerHTML={{ __html: 'document.cookie = "_gcl_au=1.1.2; path=/; max-age=7776000"' }} />
      </head>
      <body>
        {children}
        <Script src="https://www.googletagmanager.com/gtag.js" />
      </body>
    </html>
  );
}
