import { execFileSync } from "node:child_process";

/** What a deployment asks of the history. */
export interface Repository {
  readonly commit: string;
  /** Git's hash of everything in the commit. */
  readonly tree: string;
  readonly by: string;
  /** A file as it was in a commit; undefined where there is no such file or commit here. */
  fileAt(commit: string, path: string): string | undefined;
  /** Whether a commit is part of the history of another. */
  isAncestor(commit: string, of: string): boolean;
  changedFiles(): readonly string[];
  filesOf(folder: string): readonly string[];
}

export function isKnownCommit(repository: Repository, commit: string, to: string): boolean {
  return repository.isAncestor(commit, to);
}

/** The repository of the working directory. */
export function readRepository(): Repository {
  const git = (...args: string[]) =>
    execFileSync("git", args, { encoding: "utf8", stdio: ["ignore", "pipe", "pipe"], maxBuffer: 64 * 2 ** 20 });
  const or = <T>(ask: () => T, otherwise: T): T => {
    try {
      return ask();
    } catch {
      return otherwise;
    }
  };
  const lines = (text: string) => text.split("\n").filter((line) => line !== "");
  return {
    commit: git("rev-parse", "HEAD").trim(),
    tree: git("rev-parse", "HEAD^{tree}").trim(),
    by: process.env.GITHUB_ACTOR ?? or(() => git("config", "user.name").trim(), "somebody"),
    fileAt: (commit, path) => or(() => git("show", `${commit}:${path}`), undefined),
    isAncestor: (commit, of) => or(() => git("merge-base", "--is-ancestor", commit, of) === "", false),
    changedFiles: () => lines(git("status", "--porcelain")).map((line) => line.slice(3)),
    filesOf: (folder) => lines(git("ls-files", folder)),
  };
}
