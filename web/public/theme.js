// Before anything is drawn: the colours the learner chose, so that no page flashes in the others. See src/theme.ts.
try {
  var theme = localStorage.getItem("learnr.theme");
  if (theme === "light" || theme === "dark") document.documentElement.dataset.theme = theme;
} catch (_) {
  // Storage is forbidden: the device's colours.
}
