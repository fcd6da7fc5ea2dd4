/**
 * What differs between the classes of objects of two texts of wrangler.toml: classes that came, went, or are kept in another
 * way. The platform cannot split the traffic between versions that differ in these, nor roll back over it.
 */
export function classChanges(before: string, after: string): string[] {
  const [old, now] = [classesOf(before), classesOf(after)];
  const gone = [...old.keys()].filter((name) => !now.has(name)).map((name) => `the class ${name} goes`);
  const changed = [...now].flatMap(([name, kept]) => {
    if (!old.has(name)) return [`the class ${name} comes`];
    return old.get(name) === kept ? [] : [`the class ${name} is kept in another way`];
  });
  return [...gone, ...changed];
}

/** Classes of objects of a text of wrangler.toml, each with how it is kept. */
export function classesOf(text: string): Map<string, string> {
  const sections = text.matchAll(/^\[exports\.(\w+)\]\n((?:\w+ = .+\n?)*)/gm);
  return new Map([...sections].map(([, name = "", body = ""]) => [name, body.trim()]));
}
