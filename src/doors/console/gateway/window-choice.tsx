import { type RiverWindow, riverWindows } from './river-windows.ts';

/** How far back to look. */
export function WindowChoice(props: { readonly window: RiverWindow; readonly choose: (window: RiverWindow) => void }) {
  return (
    <fieldset className="flex gap-3 text-sm">
      <legend className="sr-only">How far back</legend>
      {(Object.keys(riverWindows) as RiverWindow[]).map((each) => (
        <label
          key={each}
          className="cursor-pointer rounded-sm py-0.5 text-ink-2 has-checked:text-ink has-checked:underline has-checked:decoration-2 has-checked:underline-offset-4 has-focus-visible:outline-2"
        >
          <input
            type="radio"
            name="river-window"
            className="sr-only"
            checked={props.window === each}
            onChange={() => props.choose(each)}
          />
          {each}
        </label>
      ))}
    </fieldset>
  );
}
