import {
  autocompletion,
  type CompletionContext,
  type CompletionResult,
  closeBrackets,
  closeBracketsKeymap,
  completionKeymap,
  snippetCompletion,
} from "@codemirror/autocomplete";
import { defaultKeymap, history, historyKeymap } from "@codemirror/commands";
import { bracketMatching } from "@codemirror/language";
import { type Diagnostic as EditorDiagnostic, linter, lintKeymap } from "@codemirror/lint";
import { EditorState } from "@codemirror/state";
import {
  drawSelection,
  EditorView,
  highlightActiveLine,
  highlightActiveLineGutter,
  hoverTooltip,
  keymap,
  lineNumbers,
} from "@codemirror/view";
import type { Diagnostic, LanguageWord } from "../../../schema/wire/strategy.ts";
import { editorTheme } from "./editor-theme.ts";
import { ruleLanguage } from "./rule-language.ts";

/** The text is checked this long after the last key: while it is still in mind, not at each letter. */
const CHECK_DELAY_MS = 300;
const WORD = /[A-Za-z_]\w*/;

export interface RuleEditorOptions {
  readonly document: string;
  readonly words: readonly LanguageWord[];
  readonly onChange: (document: string) => void;
  /** Asks what is wrong with a text. A failure of the request shows nothing under the words. */
  readonly check: (document: string) => Promise<readonly Diagnostic[]>;
  readonly onSave: () => void;
}

export interface RuleEditor {
  /** Puts another text in, as one step that can be undone. */
  replace(document: string): void;
  /** Moves the cursor to an offset and into view. */
  reveal(offset: number): void;
  destroy(): void;
}

/**
 * A CodeMirror editor inside a shadow tree of `host`: there its styles are constructed sheets, which a content policy
 * without inline styles allows.
 */
export function createRuleEditor(host: HTMLElement, options: RuleEditorOptions): RuleEditor {
  const root = host.shadowRoot ?? host.attachShadow({ mode: "open" });
  const view = new EditorView({
    root,
    parent: root as unknown as HTMLElement,
    state: EditorState.create({ doc: options.document, extensions: extensionsOf(options) }),
  });
  return {
    replace(document) {
      if (document === view.state.doc.toString()) return;
      view.dispatch({ changes: { from: 0, to: view.state.doc.length, insert: document } });
    },
    reveal(offset) {
      const anchor = Math.min(offset, view.state.doc.length);
      view.dispatch({ selection: { anchor }, scrollIntoView: true });
      view.focus();
    },
    destroy: () => view.destroy(),
  };
}

function extensionsOf({ words, onChange, check, onSave }: RuleEditorOptions) {
  const save = () => {
    onSave();
    return true;
  };
  return [
    lineNumbers(),
    history(),
    drawSelection(),
    highlightActiveLine(),
    highlightActiveLineGutter(),
    bracketMatching(),
    closeBrackets(),
    ruleLanguage(words),
    autocompletion({ override: [(context) => complete(context, words)], icons: false }),
    hoverTooltip((view, position) => explain(view, position, words)),
    linter((view) => diagnose(view, check), { delay: CHECK_DELAY_MS }),
    editorTheme,
    EditorView.lineWrapping,
    EditorView.contentAttributes.of({ "aria-label": "Rules", spellcheck: "false", autocapitalize: "off" }),
    EditorView.updateListener.of((update) => {
      if (update.docChanged) onChange(update.state.doc.toString());
    }),
    keymap.of([
      { key: "Mod-s", run: save, preventDefault: true },
      { key: "Mod-Enter", run: save },
      ...closeBracketsKeymap,
      ...completionKeymap,
      ...lintKeymap,
      ...historyKeymap,
      ...defaultKeymap,
    ]),
  ];
}

function complete(context: CompletionContext, words: readonly LanguageWord[]): CompletionResult | null {
  const typed = context.matchBefore(/[$A-Za-z_]\w*/);
  if (typed === null && !context.explicit) return null;
  const from = typed?.from ?? context.pos;
  const parameters = [...context.state.doc.iterLines()].flatMap((line) => {
    const found = /^\s*param(?:eter)?\s+([A-Za-z_]\w*)/.exec(line);
    return found === null ? [] : [{ label: `$${found[1]}`, detail: "parameter" }];
  });
  const known = words.map((word) =>
    snippetCompletion(word.insert, { label: word.name, detail: word.signature, info: word.summary, type: word.kind }),
  );
  return { from, options: [...known, ...parameters], validFor: /^[$\w]*$/ };
}

function explain(view: EditorView, position: number, words: readonly LanguageWord[]) {
  const line = view.state.doc.lineAt(position);
  for (const found of line.text.matchAll(new RegExp(WORD, "g"))) {
    const from = line.from + found.index;
    const to = from + found[0].length;
    const word = words.find((known) => known.name === found[0]);
    if (position < from || position > to || word === undefined) continue;
    return { pos: from, end: to, above: true, create: () => ({ dom: bubbleOf(word) }) };
  }
  return null;
}

function bubbleOf(word: LanguageWord): HTMLElement {
  const bubble = document.createElement("div");
  bubble.style.padding = "6px 12px";
  bubble.style.maxWidth = "320px";
  const signature = document.createElement("div");
  signature.style.fontFamily = "ui-monospace, Menlo, Consolas, monospace";
  signature.textContent = word.signature;
  const summary = document.createElement("div");
  summary.style.color = "var(--muted)";
  summary.textContent = word.summary;
  bubble.append(signature, summary);
  return bubble;
}

async function diagnose(view: EditorView, check: RuleEditorOptions["check"]): Promise<EditorDiagnostic[]> {
  const length = view.state.doc.length;
  const found = await check(view.state.doc.toString()).catch(() => []);
  return found.map((diagnostic) => {
    const from = Math.min(diagnostic.from, length);
    const { suggestion } = diagnostic;
    return {
      from,
      to: Math.min(Math.max(diagnostic.to, from + 1), length),
      severity: diagnostic.severity,
      message: diagnostic.message,
      ...(suggestion === null ? {} : { actions: [replaceBy(suggestion)] }),
    };
  });
}

function replaceBy(suggestion: string) {
  return {
    name: `Use ${suggestion}`,
    apply: (view: EditorView, from: number, to: number) =>
      view.dispatch({ changes: { from, to, insert: suggestion }, selection: { anchor: from + suggestion.length } }),
  };
}
