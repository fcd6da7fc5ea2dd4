import { describeSockets } from "./describe-group.ts";

describeSockets();
