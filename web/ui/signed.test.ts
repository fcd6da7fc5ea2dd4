import { createElement } from "react";
import { renderToStaticMarkup } from "react-dom/server";
import { expect, test } from "vitest";
import { Signed } from "./signed.tsx";

test.each([
  [12.5, "+12.50 USD", 'class="num text-profit"'],
  [-12.5, "−12.50 USD", 'class="num text-loss"'],
  [-0.001, "0.00 USD", 'class="num"'],
  [0.001, ["0.00 ", createElement("i", { key: "when" }, "since 9:00")], 'class="num"'],
  [Number.NEGATIVE_INFINITY, "−∞", 'class="num text-loss"'],
  [0, "0.00 USD", 'class="num"'],
  [null, "—", 'class="num"'],
  [-0.1, createElement("b", null, "−0.10"), 'class="num text-loss"'],
])("the change %s is in the colour that what is shown deserves", (value, children, expected) => {
  expect(renderToStaticMarkup(createElement(Signed, { value, children }))).toContain(expected);
});
