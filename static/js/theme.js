/**
 * Light, dark, or as the system has it. Loaded before the first paint, and so not a module.
 */
(() => {
  const ORDER = ["auto", "light", "dark"];
  const root = document.documentElement;

  function stored() {
    try {
      return localStorage.getItem("theme") ?? "auto";
    } catch {
      return "auto";
    }
  }

  /** @param {string} theme */
  function apply(theme) {
    if (theme === "auto") delete root.dataset.theme;
    else root.dataset.theme = theme;
    document.dispatchEvent(new Event("themechange"));
  }

  /** @param {HTMLButtonElement} button @param {string} theme */
  function describe(button, theme) {
    button.dataset.theme = theme;
    button.setAttribute("aria-label", `Theme: ${theme}`);
    button.title = `Theme: ${theme}. Press for ${next(theme)}.`;
  }

  /** @param {string} theme */
  function next(theme) {
    return ORDER[(ORDER.indexOf(theme) + 1) % ORDER.length];
  }

  function bind() {
    const button = /** @type {HTMLButtonElement | null} */ (document.querySelector("#theme"));
    if (!button) return;
    describe(button, stored());
    button.addEventListener("click", () => {
      const theme = next(stored());
      localStorage.setItem("theme", theme);
      apply(theme);
      describe(button, theme);
    });
  }

  apply(stored());
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => apply(stored()));
  document.addEventListener("DOMContentLoaded", bind);
})();
