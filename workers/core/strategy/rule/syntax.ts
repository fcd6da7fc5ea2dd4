/** Character offsets in the document, the end excluded. */
export interface Span {
  readonly from: number;
  readonly to: number;
}

export interface NameNode {
  readonly value: string;
  readonly span: Span;
}

export interface NumberNode {
  readonly type: "number";
  readonly value: number;
  /** Whether it was written without a decimal point or percent sign. */
  readonly whole: boolean;
  readonly span: Span;
}

export type Operator = "or" | "and" | "<" | "<=" | ">" | ">=" | "==" | "!=" | "+" | "-" | "*" | "/";

/** Operators of one rank in a row, applied from left to right. Kept flat so that a long sum is no deep tree. */
export interface ChainNode {
  readonly type: "chain";
  readonly first: Expression;
  readonly rest: readonly { readonly operator: Operator; readonly right: Expression }[];
  readonly span: Span;
}

export interface CallNode {
  readonly type: "call";
  readonly name: NameNode;
  /** `null` for a plain name without parentheses. */
  readonly args: readonly Expression[] | null;
  /** The name behind the dot, as in `macd(12, 26, 9).signal`. */
  readonly output: NameNode | null;
  readonly span: Span;
}

export interface PrefixNode {
  readonly type: "prefix";
  readonly operator: "-" | "not";
  readonly operand: Expression;
  readonly span: Span;
}

export type Expression =
  | NumberNode
  | { readonly type: "text"; readonly value: string; readonly span: Span }
  | { readonly type: "parameter"; readonly name: string; readonly span: Span }
  | CallNode
  | ChainNode
  | PrefixNode;

export interface ParamStatement {
  readonly type: "param";
  readonly name: NameNode;
  readonly value: NumberNode;
  readonly min: NumberNode;
  readonly max: NumberNode;
  readonly step: NumberNode | null;
  readonly title: string | null;
  readonly span: Span;
}

export interface LetStatement {
  readonly type: "let";
  readonly name: NameNode;
  readonly value: Expression;
  readonly span: Span;
}

export interface ActionStatement {
  readonly type: "action";
  readonly verb: "enter" | "exit";
  readonly side: "long" | "short";
  readonly condition: Expression;
  readonly span: Span;
}

export type PriceKind = "stop" | "target" | "limit" | "entryStop" | "trail" | "scale";

export interface PriceStatement {
  readonly type: "price";
  readonly kind: PriceKind;
  readonly side: "long" | "short" | "both";
  readonly value: Expression;
  readonly span: Span;
}

export type Statement = ParamStatement | LetStatement | ActionStatement | PriceStatement;
