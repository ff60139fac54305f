// The page of messages: kept fresh by the live stream, with player and forms.

import "./directory.js";
import "./forms.js";
import { freshOn, refresh } from "./fresh.js";
import "./player.js";

freshOn("board", "messages");
document.addEventListener("heard", () => refresh());
