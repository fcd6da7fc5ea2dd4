import { describeGroup } from "./describe-group.ts";

describeGroup(3);
