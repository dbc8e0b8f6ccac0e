export function EnabledMark({ enabled }: { readonly enabled: boolean }) {
  return (
    <span className={`inline-flex items-center gap-1.5 ${enabled ? '' : 'text-amber'}`}>
      <svg width="8" height="8" viewBox="0 0 8 8" aria-hidden="true">
        <circle cx="4" cy="4" r="3" stroke="currentColor" strokeWidth="1.5" fill={enabled ? 'currentColor' : 'none'} />
      </svg>
      {enabled ? 'on' : 'off'}
    </span>
  );
}
