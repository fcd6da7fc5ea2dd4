import { HighlightStyle, syntaxHighlighting } from "@codemirror/language";
import { EditorView } from "@codemirror/view";
import { tags } from "@lezer/highlight";

const MONO = 'ui-monospace, "SF Mono", "JetBrains Mono", Menlo, Consolas, monospace';

/** The editor in the page's own colours: variables reach into its shadow tree. */
export const editorTheme = [
  EditorView.theme({
    "&": { height: "100%", color: "var(--ink)", backgroundColor: "transparent", fontSize: "13px" },
    "&.cm-focused": { outline: "none" },
    ".cm-scroller": { fontFamily: MONO, lineHeight: "21px", scrollbarWidth: "thin" },
    ".cm-content": { padding: "12px 0", caretColor: "var(--ink)" },
    ".cm-line": { padding: "0 16px 0 8px" },
    ".cm-gutters": { backgroundColor: "transparent", color: "var(--faint)", border: "none", paddingLeft: "8px" },
    ".cm-activeLine": { backgroundColor: "color-mix(in srgb, var(--hover) 55%, transparent)" },
    ".cm-activeLineGutter": { backgroundColor: "transparent", color: "var(--ink)" },
    ".cm-cursor": { borderLeftColor: "var(--ink)" },
    "&.cm-focused .cm-selectionBackground, .cm-selectionBackground": {
      backgroundColor: "var(--accent-soft) !important",
    },
    ".cm-matchingBracket": { backgroundColor: "var(--accent-soft) !important", outline: "none" },
    ".cm-lintRange-error": {
      backgroundImage: "none",
      textDecoration: "underline wavy var(--danger) 1.5px",
      textUnderlineOffset: "4px",
    },
    ".cm-lintRange-warning": {
      backgroundImage: "none",
      textDecoration: "underline wavy var(--notice) 1.5px",
      textUnderlineOffset: "4px",
    },
    ".cm-tooltip": {
      backgroundColor: "var(--raised)",
      border: "1px solid var(--line-strong)",
      borderRadius: "6px",
      boxShadow: "var(--shadow)",
      color: "var(--ink)",
      overflow: "hidden",
    },
    ".cm-tooltip.cm-tooltip-autocomplete > ul": { fontFamily: MONO, fontSize: "12px", maxHeight: "240px" },
    ".cm-tooltip.cm-tooltip-autocomplete > ul > li": { padding: "3px 10px", lineHeight: "20px" },
    ".cm-tooltip-autocomplete ul li[aria-selected]": { backgroundColor: "var(--hover)", color: "var(--ink)" },
    ".cm-completionDetail": { color: "var(--muted)", fontStyle: "normal", marginLeft: "12px" },
    ".cm-completionInfo": { padding: "8px 12px", maxWidth: "280px", fontFamily: "inherit", fontSize: "12px" },
    ".cm-completionMatchedText": { textDecoration: "none", color: "var(--accent)" },
    ".cm-diagnostic": { padding: "6px 12px", fontSize: "12px", borderLeft: "3px solid var(--danger)" },
    ".cm-diagnostic-warning": { borderLeftColor: "var(--notice)" },
    ".cm-diagnosticAction": {
      backgroundColor: "var(--accent-solid)",
      color: "#fff",
      borderRadius: "4px",
      padding: "2px 8px",
    },
    ".cm-placeholder": { color: "var(--faint)" },
  }),
  syntaxHighlighting(
    HighlightStyle.define([
      { tag: tags.keyword, color: "var(--accent)", fontWeight: "600" },
      { tag: tags.function(tags.variableName), color: "var(--series-2)" },
      { tag: tags.variableName, color: "var(--ink)" },
      { tag: tags.special(tags.variableName), color: "var(--series-3)" },
      { tag: tags.number, color: "var(--series-4)" },
      { tag: tags.string, color: "var(--series-5)" },
      { tag: tags.comment, color: "var(--faint)", fontStyle: "italic" },
      { tag: tags.operator, color: "var(--muted)" },
    ]),
  ),
];
