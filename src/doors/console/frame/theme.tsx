import { useEffect } from 'react';
import { useStored } from '../parts/use-stored.ts';

const themes = ['system', 'light', 'dark'] as const;

/** System, light or dark; public/theme.js applies the choice before the next first paint. */
export function ThemeChoice() {
  const [theme, setTheme] = useStored('cordon.theme', 'system');
  useEffect(() => {
    if (theme === 'system') delete document.documentElement.dataset['theme'];
    else document.documentElement.dataset['theme'] = theme;
    document.dispatchEvent(new Event('themechange'));
  }, [theme]);
  return (
    <fieldset className="flex gap-3 text-sm">
      <legend className="sr-only">Theme</legend>
      {themes.map((each) => (
        <label
          key={each}
          className="cursor-pointer rounded-sm text-ink-2 capitalize has-checked:text-ink has-checked:underline has-checked:decoration-2 has-checked:underline-offset-4 has-focus-visible:outline-2"
        >
          <input
            type="radio"
            name="theme"
            className="sr-only"
            checked={theme === each}
            onChange={() => setTheme(each)}
          />
          {each}
        </label>
      ))}
    </fieldset>
  );
}
