type JsonObject = Readonly<Record<string, unknown>>;

const isObject = (value: unknown): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/**
 * The fields that rules for Windows name, of an event log's record as tools write its XML in JSON: those of `EventData`
 * or of the one part of `UserData`, else those of `System`, and `Provider_Name`. Undefined for a record of any other
 * kind. https://learn.microsoft.com/windows/win32/wes/eventschema-schema
 */
export function windowsFields(record: JsonObject): JsonObject | undefined {
  const event = isObject(record['Event']) ? record['Event'] : undefined;
  const system = event?.['System'];
  if (event === undefined || !isObject(system)) return undefined;
  const provider = attributesOf(system['Provider'])['Name'];
  const userData = isObject(event['UserData']) ? Object.values(event['UserData']).find(isObject) : undefined;
  return {
    ...textsOf(system),
    ...(provider !== undefined && { Provider_Name: provider }),
    ...textsOf(userData),
    ...textsOf(event['EventData']),
  };
}

/** An element with attributes has its text under `#text`; XML's unnamed `Data` elements may stand with their names. */
function textsOf(elements: unknown): JsonObject {
  if (!isObject(elements)) return {};
  const texts: [string, unknown][] = Object.entries(elements).map(([name, value]) => [name, textOf(value)]);
  for (const each of Array.isArray(elements['Data']) ? elements['Data'] : []) {
    const name = attributesOf(each)['Name'];
    if (typeof name === 'string') texts.push([name, textOf(each)]);
  }
  // `Object.fromEntries` makes own fields of all names, `__proto__` among them.
  return Object.fromEntries(texts);
}

const textOf = (value: unknown): unknown => (isObject(value) && '#text' in value ? value['#text'] : value);

/** Under `#attributes`, or each by itself with an `@` in front. */
function attributesOf(element: unknown): JsonObject {
  if (!isObject(element)) return {};
  if (isObject(element['#attributes'])) return element['#attributes'];
  const marked = Object.entries(element).filter(([name]) => name.startsWith('@'));
  return Object.fromEntries(marked.map(([name, value]) => [name.slice(1), value]));
}
