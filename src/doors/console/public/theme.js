// Before the first paint: the theme the reader chose, else the system's (style.css: color-scheme).
try {
  const theme = localStorage.getItem('cordon.theme');
  if (theme === 'light' || theme === 'dark') document.documentElement.dataset.theme = theme;
} catch {
  // Storage is forbidden here: the system's theme stays.
}
