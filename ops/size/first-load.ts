/** Paths of the files that a page's HTML makes the browser load before it runs: scripts, their preloads, styles. */
export function firstLoadFiles(html: string): string[] {
  const tags = html.matchAll(/<(?:script|link)\b[^>]*>/g);
  const loading = [...tags]
    .map((match) => match[0])
    .filter((tag) => /^<script|rel="(?:modulepreload|stylesheet)"/.test(tag));
  const paths = loading.map((tag) => /(?:src|href)="(\/[^"]+)"/.exec(tag)?.[1]);
  return paths.filter((path) => path !== undefined);
}
