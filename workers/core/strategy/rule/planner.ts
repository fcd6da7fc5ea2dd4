import { divides, type Timeframe } from "../../candle/timeframe.ts";
import { indicatorKey } from "../../indicator/registry.ts";
import type { ParameterValues, ProgramContext } from "../strategy.ts";
import { constantValue } from "./constant.ts";
import { KERNELS } from "./kernels.ts";
import { Labels } from "./label.ts";
import { CrossNode, PrevNode, SinceNode, StreakNode } from "./memory-node.ts";
import {
  AccountNode,
  type AccountState,
  ClockNode,
  ConstantNode,
  FieldNode,
  IndicatorNode,
  KernelNode,
  type Node,
  OutputNode,
} from "./node.ts";
import { RuleCost } from "./rule-cost.ts";
import { FrameLink, type Link, LinkedNode, OtherLink, Series, type Watch } from "./series.ts";
import { inputsOf, type Term, type TermBody } from "./term.ts";
import { TermScales, unitOf } from "./term-scale.ts";

/** Most distinct expressions of a document: each costs a column and some nanoseconds a candle. */
export const NODES_MAX = 500;
/** Most values that all windows of a document may hold together: some megabytes in an isolate of 128. */
export const WINDOW_VALUES_MAX = 200_000;

/**
 * Turns terms into nodes for one set of parameter values. Expressions that come to the same are one node: the key of a
 * node is made of its operation and the numbers of its inputs. Throws RangeError where a bound is broken or the run
 * lacks what the rules ask for.
 */
export class Planner {
  readonly root = new Series();
  /** What the nodes made so far take. */
  readonly cost = new RuleCost();
  private readonly values: ParameterValues;
  private readonly context: ProgramContext;
  private readonly account: AccountState;
  private readonly labels: Labels;
  private readonly scales: TermScales;
  /** Streams of other instruments, whose prices have an axis of their own, with their symbols. */
  private readonly foreign = new Map<Series, string>();
  private readonly shops = new Map<Series, Shop>();
  private count = 0;
  private windowValues = 0;

  constructor(values: ParameterValues, context: ProgramContext, account: AccountState) {
    this.values = values;
    this.context = context;
    this.account = account;
    this.labels = new Labels(values);
    this.scales = new TermScales(values);
  }

  /** The node of a term over the run's own candles. */
  node(term: Term, series = this.root, prefix = ""): Node {
    const node = this.hiddenNode(term, series, prefix);
    this.show(term, node, series);
    return node;
  }

  /** The same where charts show something else in its place. */
  private hiddenNode(term: Term, series: Series, prefix: string): Node {
    const shop = this.shopOf(series);
    const known = shop.byTerm.get(term);
    if (known !== undefined) return known;
    const node =
      term.range === undefined
        ? this.build(term, series, prefix)
        : this.constant(constantValue(term, this.values), series);
    shop.byTerm.set(term, node);
    return node;
  }

  private build(term: Term, series: Series, prefix: string): Node {
    const { body } = term;
    if (body.op === "frame") return this.frame(body, term, series, prefix);
    if (body.op === "other") return this.other(body, term, series);
    // Of what a value was before, charts show just that: it is what breakouts are measured against.
    const inputs = inputsOf(body).map((input) =>
      body.op === "prev" ? this.hiddenNode(input, series, prefix) : this.node(input, series, prefix),
    );
    if (body.op === "indicator") return this.indicator(body, term, inputs, series, prefix);
    const shop = this.shopOf(series);
    const ids = inputs.map((input) => shop.ids.get(input));
    const length = "length" in body ? constantValue(body.length, this.values) : 0;
    const node = this.share(series, keyOf(body, ids, length), () => this.plain(body, inputs, length, series));
    if (body.op === "prev" && !term.fitful) this.watch(series, node, term, prefix);
    return node;
  }

  private plain(body: TermBody, inputs: readonly Node[], length: number, series: Series): Node {
    switch (body.op) {
      case "field":
        return new FieldNode(series, body.field);
      case "clock":
        return new ClockNode(series, body.unit);
      case "account":
        return new AccountNode(this.account, body.reading);
      case "kernel":
        return new KernelNode(KERNELS[body.kernel], inputs);
      case "cross":
        return body.side === "above" ? new CrossNode(inputs[0], inputs[1]) : new CrossNode(inputs[1], inputs[0]);
      case "streak":
        return new StreakNode(inputs[0], body.side === "rising" ? 1 : -1, length);
      case "prev":
        this.claim(length);
        this.cost.addMoved(length);
        return new PrevNode(inputs[0], length);
      case "since":
        return new SinceNode(inputs[0]);
      default:
        throw new TypeError(`${body.op} is no plain operation`);
    }
  }

  private constant(value: number, series: Series): Node {
    return this.share(series, `constant(${Object.is(value, -0) ? "-0" : value})`, () => new ConstantNode(value));
  }

  private indicator(
    body: TermBody & { op: "indicator" },
    term: Term,
    inputs: readonly Node[],
    series: Series,
    prefix: string,
  ): Node {
    const settings = body.settings.map((setting) => constantValue(setting, this.values));
    const source = inputs[0];
    const sourceId = source === undefined ? "candles" : `#${this.shopOf(series).ids.get(source)}`;
    const key = indicatorKey(body.spec.name, settings, sourceId);
    const { length: outputs } = body.spec.outputs;
    const main = this.share(series, key, () => {
      this.claim(...body.spec.parameters.map((entry, index) => (entry.kind === "integer" ? settings[index] : 0)));
      this.cost.addIndicator(body.spec.rereads(settings));
      const basis = source === undefined ? "candles" : source instanceof FieldNode ? source.field : undefined;
      const sharedKey = basis === undefined ? undefined : indicatorKey(body.spec.name, settings, basis);
      return new IndicatorNode(body.spec.create(settings), { outputs, sharedKey }, series, source);
    }) as IndicatorNode;
    const node =
      body.output === 0 ? main : this.share(series, `${key}.${body.output}`, () => new OutputNode(main, body.output));
    if (!term.fitful) this.watch(series, node, term, prefix);
    return node;
  }

  private frame(body: TermBody & { op: "frame" }, term: Term, series: Series, prefix: string): Node {
    const { timeframe: to } = body;
    const { timeframe: from } = this.context;
    if (!divides(from, to)) throw new RangeError(`tf("${to}") must be a multiple of the run's candles (${from})`);
    return this.linked(series, `tf ${to}`, () => new FrameLink({ from, to }), term, `${prefix}${to} `);
  }

  private other(body: TermBody & { op: "other" }, term: Term, series: Series): Node {
    const { symbol } = body;
    const { symbols } = this.context;
    if (!symbols.includes(symbol)) {
      throw new RangeError(`of("${symbol}") must name an instrument of the run, which has ${symbols.join(", ")}`);
    }
    return this.linked(series, `of ${symbol}`, () => new OtherLink(symbol), term, `${symbol} `);
  }

  private linked(series: Series, name: string, make: () => Link, term: Term, prefix: string): Node {
    const shop = this.shopOf(series);
    const link = shop.links.get(name) ?? make();
    const symbol = term.body.op === "other" ? term.body.symbol : this.foreign.get(series);
    if (symbol !== undefined) this.foreign.set(link.child, symbol);
    if (!shop.links.has(name)) {
      shop.links.set(name, link);
      series.links.push(link);
    }
    const inner = this.node(inputsOf(term.body)[0], link.child, prefix);
    const id = this.shopOf(link.child).ids.get(inner);
    return this.share(series, `${name} #${id}`, () => new LinkedNode(inner, link));
  }

  private share(series: Series, key: string, make: () => Node): Node {
    const shop = this.shopOf(series);
    const known = shop.byKey.get(key);
    if (known !== undefined) return known;
    if (++this.count > NODES_MAX) throw new RangeError(`the rules must have at most ${NODES_MAX} distinct expressions`);
    this.cost.addNode();
    const node = make();
    shop.byKey.set(key, node);
    shop.ids.set(node, shop.ids.size);
    series.nodes.push(node);
    return node;
  }

  private claim(...lengths: readonly number[]): void {
    this.windowValues += lengths.reduce((sum, length) => sum + length, 0);
    if (this.windowValues <= WINDOW_VALUES_MAX) return;
    throw new RangeError(`the rules must remember at most ${WINDOW_VALUES_MAX} values, asked for ${this.windowValues}`);
  }

  private watch(series: Series, node: Node, term: Term, prefix: string): void {
    const { watched } = this.shopOf(series);
    if (watched.has(node)) return;
    const watch: Watch = { node, name: prefix + this.labels.of(term), scale: undefined };
    watched.set(node, watch);
    series.watches.push(watch);
  }

  /** Lets charts show a term, where it is an indicator or one as it was before. */
  private show(term: Term, node: Node, series: Series): void {
    const { body } = term;
    const line = body.op === "prev" ? body.inputs[0].body.op === "indicator" : body.op === "indicator";
    const watch = line ? this.shopOf(series).watched.get(node) : undefined;
    if (watch === undefined) return;
    const symbol = this.foreign.get(series);
    watch.scale = symbol === undefined ? this.scales.of(term) : "own";
    if (watch.scale === "price") return;
    const unit = this.scales.of(term) === "price" ? "price" : unitOf(term, this.labels);
    watch.unit = symbol === undefined ? unit : `${symbol} ${unit}`;
  }

  private shopOf(series: Series): Shop {
    let shop = this.shops.get(series);
    if (shop === undefined) {
      shop = { byTerm: new Map(), byKey: new Map(), ids: new Map(), links: new Map(), watched: new Map() };
      this.shops.set(series, shop);
    }
    return shop;
  }
}

/** What has been built over one stream of candles. */
interface Shop {
  readonly byTerm: Map<Term, Node>;
  readonly byKey: Map<string, Node>;
  readonly ids: Map<Node, number>;
  readonly links: Map<string, Link>;
  readonly watched: Map<Node, Watch>;
}

function keyOf(body: TermBody, ids: readonly (number | undefined)[], length: number): string {
  const list = ids.map((id) => `#${id}`).join(",");
  switch (body.op) {
    case "field":
      return body.field;
    case "clock":
      return `${body.unit}()`;
    case "account":
      return `${body.reading}()`;
    case "kernel":
      return `${body.kernel}(${list})`;
    case "cross":
      return `cross(${
        body.side === "above"
          ? list
          : [...ids]
              .reverse()
              .map((id) => `#${id}`)
              .join(",")
      })`;
    case "streak":
      return `${body.side}(${list},${length})`;
    default:
      return `${body.op}(${list},${length})`;
  }
}

/** A context to measure and check rules with before a run is known. */
export function contextFor(timeframe: Timeframe, symbols: readonly string[]): ProgramContext {
  return { timeframe, symbols, symbol: symbols[0] ?? "" };
}
