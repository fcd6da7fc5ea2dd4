import { describeGroup } from "./describe-group.ts";

await describeGroup(5);
