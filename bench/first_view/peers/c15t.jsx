import { ConsentBanner, ConsentDialog, ConsentManagerProvider } from "@c15t/react";
import { createRoot } from "react-dom/client";

// Without its server it decides by itself, which spares it a request.
const options = {
  mode: "offline",
  overrides: { country: "DE" },
  consentCategories: ["necessary", "functionality", "experience", "measurement", "marketing"],
};
const place = document.body.appendChild(document.createElement("div"));
createRoot(place).render(
  <ConsentManagerProvider options={options}>
    <ConsentBanner />
    <ConsentDialog />
  </ConsentManagerProvider>,
);
